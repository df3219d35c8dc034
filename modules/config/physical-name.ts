import { createHash } from 'node:crypto';

export interface Deployment {
  readonly project: string;
  readonly pipeline: string;
  /** 12 digits; bucket names are shared by all accounts of the world. */
  readonly account: string;
}

/**
 * Longest names, in characters.
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

/** For what bears both `-` and `_`: a pipeline has no `-`, so the last one before `subject` ends the project. */
export function hyphenated(
  { project, pipeline }: Deployment,
  subject: string,
  limit: number,
): string {
  const owner = `${project}-${pipeline}`;
  const name = `${owner}-${subject}`;
  return name.length <= limit ? name : cut(owner, `${hashOf(owner)}-${subject}`, limit);
}

/** S3 knows no `_`: it becomes `--`, which no other pipeline of this project can have. */
export function bucketName({ project, pipeline, account }: Deployment, subject: string): string {
  const owner = `${project}-${pipeline.replaceAll('_', '--')}`;
  const end = `${subject}-${account}`;
  const fits = `${owner}-${end}`.length <= NAME_LIMITS.bucket;
  if (fits && !isAmbiguous(project)) return `${owner}-${end}`;
  return cut(owner, `${hashOf(`${project}-${pipeline}`)}-${end}`, NAME_LIMITS.bucket);
}

/** Athena takes no `-` without quotes: it becomes `_`, and `__` ends the project. At most 71 of 255 characters. */
export function databaseName({ project, pipeline }: Deployment): string {
  const name = `${project.replaceAll('-', '_')}__${pipeline}`;
  return isAmbiguous(project) ? `${name}_${hashOf(`${project}-${pipeline}`)}` : name;
}

/** With `-` and `_` replaced, such a project reads like a shorter one whose pipeline has more parts. */
function isAmbiguous(project: string): boolean {
  return /--|-$/.test(project);
}

function cut(owner: string, end: string, limit: number): string {
  return `${owner.slice(0, limit - end.length - 1)}-${end}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
