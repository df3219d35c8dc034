import { ConfigError } from './values/error.js';
import { bucketName, databaseName, hyphenated, NAME_LIMITS } from './physical-name.js';
import type { Deployment } from './physical-name.js';

export const PROJECT = /^[a-z][a-z0-9-]{0,19}$/;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const RESERVED_BY_S3 = /^(xn--|sthree-|amzn-s3-demo-)/;

const PURPOSE =
  "it begins the name of every resource and of the state file, and so keeps one deployment apart from another's";

/** PROJECT as the environment gives it. Throws ConfigError. */
export function parseProject(value: string | undefined): string {
  if (value === undefined || value === '') {
    throw new ConfigError([`PROJECT is not set: ${PURPOSE}. Set one, as in PROJECT=stac`]);
  }
  const given = `(given ${JSON.stringify(value.slice(0, 80))})`;
  if (!PROJECT.test(value)) {
    const rule = 'a lower-case letter, then up to 19 lower-case letters, digits or hyphens';
    throw new ConfigError([`PROJECT must be ${rule} ${given}: ${PURPOSE}`]);
  }
  if (RESERVED_BY_S3.test(`${value}-`)) {
    throw new ConfigError([
      `PROJECT must not begin as bucket names that S3 reserves ${given}: ${PURPOSE}`,
    ]);
  }
  return value;
}

/** `verify` exists with verify_ingestion, `historic` with an inventory. */
export type FunctionRole = 'app' | 'collection' | 'historic' | 'verify';

export interface FunctionNames {
  readonly function: string;
  readonly role: string;
  readonly logGroup: string;
  /** Queue of the asynchronous invocations that failed for good. */
  readonly onFailureQueue: string;
}

export interface PipelineNames {
  readonly queue: string;
  readonly deadLetters: string;
  /** In the topic's region. */
  readonly subscriptionDeadLetters: string;
  readonly scheduleDeadLetters: string;
  readonly functions: Readonly<Record<FunctionRole, FunctionNames>>;
  readonly stateTable: string;
  readonly resultsBucket: string;
  readonly workgroup: string;
  readonly database: string;
  /** Within the database. */
  readonly inventoryTable: string;
  readonly scheduleGroup: string;
  readonly scheduleRole: string;
  readonly schedules: Readonly<Record<'historic' | 'keeper' | 'verify', string>>;
  readonly dashboard: string;
  /** `subject` in kebab case, unique in the stack: `dead-letters`, `app-errors`. */
  readonly alarm: (subject: string) => string;
}

/**
 * Every physical name of a pipeline: the stack that makes a thing and the command that looks for it agree on it.
 * Among the names of one kind no subject ends in another one (`letters`, `dead-letters`), which would let the
 * project `a-b` and the project `a` with a pipeline `b` meet.
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
      keeper: schedule('keeper'),
      verify: schedule('verify'),
    },
    dashboard: hyphenated(deployment, 'dashboard', NAME_LIMITS.dashboard),
    // A dot, which neither project nor pipeline has, leaves the subject free.
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
