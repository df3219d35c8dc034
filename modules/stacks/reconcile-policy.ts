import type { ComparedPipeline } from '../config/project.js';
import { METRICS_NAMESPACE } from '../config/names.js';
import { parseInventoryLocation } from '../config/values/inventory-location.js';
import type { PolicyStatement } from '../constructs/policy.js';
import { bucketArn, inventoryPlace, readAccess, type Place } from '../constructs/s3-access.js';
import type { Deployer, PolicyDocument, Statement } from '../deployer/policy.js';
import { fillTarget, TARGETS, type Target } from '../deployer/targets.js';

/** The longest session that the workflow asks for: comparing many pipelines takes hours. */
export const MAX_SESSION_SECONDS = 21_600;

/**
 * Characters of the statements about inventories. The inline policies of a role have 10,240 together.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MOST_CHARACTERS = 6_000;

/**
 * The policy of the role that compares inventories with the catalogue: it queries the tables of the project's pipelines,
 * reads their inventories and writes metrics. It reads no secret, no queue and no granule.
 */
export function reconcilePolicy(
  compared: readonly ComparedPipeline[],
  deployer: Deployer,
): PolicyDocument {
  const on = (...targets: Target[]) =>
    targets.flatMap((target) => fillTarget(TARGETS[target], deployer));
  const databases = on('databases').map((arn) => arn.replace(/[^/]*$/, 'default'));
  const keys = [...new Set(compared.flatMap(({ keys: own }) => own))].sort();
  return {
    Version: '2012-10-17',
    Statement: [
      allow(
        ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:StopQueryExecution'],
        on('workgroups'),
      ),
      // Athena's documentation calls the database "default" mandatory in policies for Glue.
      allow(
        ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartition', 'glue:GetPartitions'],
        [...on('catalog', 'databases', 'glueTables'), ...databases],
      ),
      allow(['s3:ListBucket', 's3:GetBucketLocation'], on('buckets')),
      allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], on('bucketObjects')),
      ...inventoryStatements(compared, deployer),
      ...(keys.length > 0 ? [allow(['kms:Decrypt'], keys)] : []),
      {
        ...allow(['cloudwatch:PutMetricData'], on('everything')),
        Condition: { StringEquals: { 'cloudwatch:namespace': [METRICS_NAMESPACE] } },
      },
    ],
  };
}

/** Reads the inventories alone; their whole buckets if a policy has no room for so many. */
function inventoryStatements(
  compared: readonly ComparedPipeline[],
  { partition }: Deployer,
): Statement[] {
  const places = compared.map(({ inventory }) => inventoryPlace(parseInventoryLocation(inventory)));
  const buckets = [...new Set(places.map(({ bucket }) => bucket))].sort();
  const locate = allow(
    ['s3:GetBucketLocation'],
    buckets.map((bucket) => bucketArn(partition, bucket)),
  );
  const readsOf = (of: readonly Place[]) =>
    readAccess(of, { partition, what: 'Inventories' }).map(statementOf);
  const exact = readsOf(places);
  const fits = JSON.stringify(exact).length <= MOST_CHARACTERS;
  return [locate, ...(fits ? exact : readsOf(buckets.map((bucket) => ({ bucket, keys: ['*'] }))))];
}

function statementOf({ actions, resources, conditions = [] }: PolicyStatement): Statement {
  const tests = conditions.map(({ test, variable, values }) => [test, { [variable]: values }]);
  return {
    ...allow(actions, resources),
    ...(tests.length > 0 && { Condition: Object.fromEntries(tests) as Statement['Condition'] }),
  } as Statement;
}

function allow(actions: readonly string[], resources: readonly string[]): Statement {
  return { Effect: 'Allow', Action: actions, Resource: resources };
}
