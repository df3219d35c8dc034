import { RESULTS_BUCKET } from '../../modules/config/construct-ids.js';

/**
 * What is gone with a resource: data that nothing brings back (messages, dead letters, the cursor), logs of the past, or
 * what a deployment and its functions make again.
 */
export type Grade = 'data' | 'logs' | 'remade';

/** How every command begins a sentence about a grade. */
export const GRADE_TITLES: Readonly<Record<Grade, string>> = {
  data: 'Data loss',
  logs: 'Loss of logs',
  remade: 'Made again',
};

export interface Holding {
  readonly grade: Grade;
  /** With a possessive, as `its messages`. */
  readonly what: string;
}

/** What a resource holds, by type. */
const BY_TYPE: Readonly<Record<string, Holding>> = {
  aws_sqs_queue: { grade: 'data', what: 'its messages' },
  aws_dynamodb_table: {
    grade: 'data',
    what: 'its items (for a pipeline: the cursor of the backfill and the Items that are not verified yet)',
  },
  aws_s3_bucket: { grade: 'data', what: 'its objects' },
  aws_db_instance: { grade: 'data', what: 'its databases' },
  aws_kinesis_stream: { grade: 'data', what: 'its records' },
  aws_ecr_repository: { grade: 'data', what: 'its images' },
  aws_secretsmanager_secret: { grade: 'data', what: 'its secret' },
  aws_kms_key: { grade: 'data', what: 'access to all data encrypted with it' },
  aws_cloudwatch_log_group: { grade: 'logs', what: 'its logs' },
};

/** Resources of a pipeline that hold something else than others of their type, by address. */
const BY_ADDRESS: Readonly<Record<string, Holding>> = {
  [RESULTS_BUCKET]: { grade: 'remade', what: 'its query results' },
};

/** Returns what a resource holds; undefined if nothing. */
export function holdingOf(type: string, address: string): Holding | undefined {
  return BY_ADDRESS[address] ?? BY_TYPE[type];
}

/** The physical name of a resource, if it is known. */
export function nameIn(fields: Readonly<Record<string, unknown>>): string | undefined {
  const names = ['name', 'bucket', 'function_name'].map((key) => fields[key]);
  return names.find((value) => typeof value === 'string');
}
