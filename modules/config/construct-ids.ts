/**
 * Construct ids that commands look for in the addresses of a plan: modules/ makes constructs with them, and cli/plan
 * finds the resources again. They are part of Terraform addresses, so do not change a value: Terraform would destroy
 * what the old address stands for.
 */
export const CONSTRUCT_IDS = {
  /** Invokes the collection function during the apply. */
  collectionOnDeploy: 'collection-on-deploy',
  /** Parent of everything that starts a backfill. */
  backfill: 'backfill',
  /** Child of `backfill`: invokes the historic function during the apply. */
  onDeploy: 'on-deploy',
  /** Parent of all schedules. */
  schedules: 'schedules',
  /** Child of `schedules`: starts the next chunk of a backfill. */
  nextChunk: 'historic',
} as const;

/** Separates the ids on the path to a resource: `backfill_on-deploy_invocation`. Ids are in kebab case. */
export const ID_SEPARATOR = '_';

/** Paths of the constructs whose function an apply invokes. */
export const RUNS_ON_DEPLOY = {
  collection: CONSTRUCT_IDS.collectionOnDeploy,
  backfill: [CONSTRUCT_IDS.backfill, CONSTRUCT_IDS.onDeploy].join(ID_SEPARATOR),
} as const;

/** Name of the schedule that starts the next chunk of a backfill. */
export const CHUNK_SCHEDULE = [CONSTRUCT_IDS.schedules, CONSTRUCT_IDS.nextChunk].join(ID_SEPARATOR);

/** Address of the bucket that has the results of queries. */
export const RESULTS_BUCKET = 'aws_s3_bucket.inventory_results';

/** Address of the queue that a topic and a backfill fill. */
export const GRANULE_QUEUE = 'aws_sqs_queue.queue';

/**
 * Whether a resource is a child of a construct.
 *
 * @param address as in a plan, also from within a Terraform module
 * @param path of the construct, with ID_SEPARATOR between ids
 * @example
 * isWithin('aws_lambda_invocation.backfill_on-deploy_invocation', RUNS_ON_DEPLOY.backfill); // true
 */
export function isWithin(address: string, path: string): boolean {
  return address.includes(`.${path}${ID_SEPARATOR}`);
}
