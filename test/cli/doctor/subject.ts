import type { Check, Verdict } from '../../../cli/doctor/check.js';
import { doctorSubject, type DoctorSubject } from '../../../cli/doctor/subject.js';
import type { PipelineConfig } from '../../../modules/config/config.js';
import { pipelineNames } from '../../../modules/config/names.js';
import { readPipelineConfig } from '../../../modules/config/config.js';

export const ACCOUNT = '123456789012';
export const ARN = `arn:aws:iam::${ACCOUNT}:user/ann`;

/** A pipeline with everything that a check can look at, and an AWS that knows the caller. */
/** Keys of config.yaml; undefined removes one. */
export type Fields = { readonly [Key in keyof PipelineConfig]?: PipelineConfig[Key] | undefined };

export function subjectOf(fields: Fields = {}, parts: Partial<DoctorSubject> = {}): DoctorSubject {
  const config = {
    ...readPipelineConfig('test/fixtures/pipelines/waves'),
    ...fields,
  } as PipelineConfig;
  const names = pipelineNames({ project: 'demo', pipeline: config.id, account: ACCOUNT });
  const pipeline = {
    id: config.id,
    folder: 'test/fixtures/pipelines/waves',
    config,
    names,
    topicRegion: 'eu-central-1',
  };
  const env = { PROJECT: 'demo', STATE_BUCKET: 'demo-state', STATE_REGION: 'eu-central-1' };
  return {
    ...doctorSubject({ pipeline, project: 'demo', env, root: process.cwd() }),
    identity: () => Promise.resolve({ arn: ARN, account: ACCOUNT }),
    ...parts,
  };
}

/** The verdicts of a check. */
export async function verdicts(check: Check, subject: DoctorSubject): Promise<readonly Verdict[]> {
  const found = await check.run(subject);
  return 'state' in found ? [found] : found;
}

/** An error as the SDK throws it. */
export function awsError(name: string, status: number, message = `${name} by the test`): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}
