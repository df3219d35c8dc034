import { createHash } from 'node:crypto';
import { ConfigError } from './values/error.js';

/** Namespace of the metrics in CloudWatch, of functions and commands. */
export const METRICS_NAMESPACE = 'StacPipelines';

export const PROJECT = /^[a-z][a-z0-9-]{0,19}$/;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const RESERVED_BY_S3 = /^(xn--|sthree-|amzn-s3-demo-)/;

const PURPOSE =
  'the names of all resources and of the state file start with it, which keeps deployments apart';

/** Returns the value of the environment variable PROJECT once it is checked. Throws ConfigError. */
export function parseProject(value: string | undefined): string {
  if (value === undefined || value === '') {
    throw new ConfigError([`PROJECT is not set: ${PURPOSE}. Set it, for example PROJECT=stac`]);
  }
  const given = `(given ${JSON.stringify(value.slice(0, 80))})`;
  if (!PROJECT.test(value)) {
    const rule = 'a lowercase letter, then up to 19 lowercase letters, digits or hyphens';
    throw new ConfigError([`PROJECT must be ${rule} ${given}: ${PURPOSE}`]);
  }
  if (RESERVED_BY_S3.test(`${value}-`)) {
    throw new ConfigError([
      `PROJECT must not start with a prefix that S3 reserves (xn--, sthree-, amzn-s3-demo-) ${given}: ${PURPOSE}`,
    ]);
  }
  return value;
}

export interface Deployment {
  readonly project: string;
  readonly pipeline: string;
  /** 12 digits. Bucket names contain it because all AWS accounts share them. */
  readonly account: string;
}

/**
 * Maximum lengths of names, in characters.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export const NAME_LIMITS = {
  queue: 80,
  role: 64,
  function: 64,
  schedule: 64,
  bucket: 63,
  workgroup: 128,
  table: 255,
  dashboard: 255,
} as const;

/**
 * Tag of a function with the hash of the code that was deployed last. Terraform sets it before it uploads the code, so
 * after a refused upload it differs from the hash of the code, which commands find without the state.
 */
export const CODE_TAG = 'CodeSha256';

/**
 * The functions of a pipeline. `verify` exists if verify_ingestion is on, `breaker` if circuit_breaker is, `historic` if
 * there is an inventory.
 */
export type FunctionRole = 'app' | 'collection' | 'historic' | 'verify' | 'breaker';

export interface FunctionNames {
  readonly function: string;
  readonly role: string;
  readonly logGroup: string;
  /** The queue that receives asynchronous invocations after their last retry has failed. */
  readonly onFailureQueue: string;
}

export interface PipelineNames {
  readonly queue: string;
  readonly deadLetters: string;
  /** This queue is in the region of the topic. */
  readonly subscriptionDeadLetters: string;
  readonly scheduleDeadLetters: string;
  readonly functions: Readonly<Record<FunctionRole, FunctionNames>>;
  readonly stateTable: string;
  readonly resultsBucket: string;
  readonly workgroup: string;
  readonly database: string;
  /** The table in `database`. */
  readonly inventoryTable: string;
  readonly scheduleGroup: string;
  readonly scheduleRole: string;
  readonly schedules: Readonly<Record<'historic' | 'resume' | 'verify' | 'breaker', string>>;
  readonly dashboard: string;
  /** `subject` is in kebab case and unique in the stack: `dead-letters`, `app-errors`. */
  readonly alarm: (subject: string) => string;
}

/** The name of the dashboard over all pipelines. Those of the pipelines end in `-dashboard`. */
export function projectDashboard(project: string): string {
  return `${project}-pipelines`;
}

/**
 * Returns every physical name of a pipeline, for the stack that creates a resource and the command that looks for it.
 * Among the names of one kind no subject is the end of another (`letters`, `dead-letters`): otherwise the project
 * `a-b` and the project `a` with a pipeline `b` could have the same names.
 */
export function pipelineNames(deployment: Deployment): PipelineNames {
  const queue = (subject: string) => hyphenated(deployment, subject, NAME_LIMITS.queue);
  const schedule = (subject: string) => hyphenated(deployment, subject, NAME_LIMITS.schedule);
  return {
    queue: queue('granules'),
    deadLetters: queue('granules-dead-letters'),
    subscriptionDeadLetters: queue('subscription-dead-letters'),
    scheduleDeadLetters: queue('schedule-dead-letters'),
    functions: {
      app: functionNames(deployment, 'app'),
      collection: functionNames(deployment, 'collection'),
      historic: functionNames(deployment, 'historic'),
      verify: functionNames(deployment, 'verify'),
      breaker: functionNames(deployment, 'breaker'),
    },
    stateTable: hyphenated(deployment, 'state', NAME_LIMITS.table),
    resultsBucket: bucketName(deployment, 'results'),
    workgroup: hyphenated(deployment, 'backfill', NAME_LIMITS.workgroup),
    database: databaseName(deployment),
    inventoryTable: 'objects',
    scheduleGroup: schedule('schedules'),
    scheduleRole: hyphenated(deployment, 'schedules', NAME_LIMITS.role),
    schedules: {
      historic: schedule('historic'),
      resume: schedule('keeper'),
      verify: schedule('verify'),
      breaker: schedule('breaker'),
    },
    dashboard: hyphenated(deployment, 'dashboard', NAME_LIMITS.dashboard),
    // Neither project nor pipeline contains a dot, so no subject can make two names equal.
    alarm: (subject) => `${deployment.project}-${deployment.pipeline}.${subject}`,
  };
}

function functionNames(deployment: Deployment, role: FunctionRole): FunctionNames {
  const name = hyphenated(deployment, role, NAME_LIMITS.function);
  return {
    function: name,
    role: hyphenated(deployment, role, NAME_LIMITS.role),
    logGroup: `/aws/lambda/${name}`,
    onFailureQueue: hyphenated(deployment, `${role}-on-failure`, NAME_LIMITS.queue),
  };
}

/** A name that may contain `-` and `_`. A pipeline has no `-`, so the last one before `subject` ends the project. */
function hyphenated({ project, pipeline }: Deployment, subject: string, limit: number): string {
  const owner = `${project}-${pipeline}`;
  const name = `${owner}-${subject}`;
  return name.length <= limit ? name : cut(owner, `${hashOf(owner)}-${subject}`, limit);
}

/** S3 does not allow `_`: it becomes `--`, which no other pipeline of this project can contain. */
function bucketName({ project, pipeline, account }: Deployment, subject: string): string {
  const owner = `${project}-${pipeline.replaceAll('_', '--')}`;
  const end = `${subject}-${account}`;
  const fits = `${owner}-${end}`.length <= NAME_LIMITS.bucket;
  if (fits && !isAmbiguous(project)) return `${owner}-${end}`;
  return cut(owner, `${hashOf(`${project}-${pipeline}`)}-${end}`, NAME_LIMITS.bucket);
}

/** Athena needs quotes around `-`: it becomes `_`, and `__` ends the project. The name has at most 71 characters. */
function databaseName({ project, pipeline }: Deployment): string {
  const name = `${project.replaceAll('-', '_')}__${pipeline}`;
  return isAmbiguous(project) ? `${name}_${hashOf(`${project}-${pipeline}`)}` : name;
}

/** Once `-` and `_` are replaced, such a project looks like a shorter one whose pipeline has more parts. */
function isAmbiguous(project: string): boolean {
  return /--|-$/.test(project);
}

function cut(owner: string, end: string, limit: number): string {
  return `${owner.slice(0, limit - end.length - 1)}-${end}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
