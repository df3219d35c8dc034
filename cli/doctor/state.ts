import {
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { S3_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { isNamed, tryAwsStatus } from '../../lambdas/runtime/error-codes.js';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import { readStatePlace } from '../../modules/config/project.js';
import { stateKeys, type StateBucket } from '../../modules/config/state.js';
import { ConfigError } from '../../modules/config/values/error.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { fine, NETWORK, unchecked, unneeded, wrong, type Check, type Verdict } from './check.js';
import type { DoctorSubject } from './subject.js';

type S3 = Pick<S3Client, 'send'>;

/** Whether there is a bucket to ask about. */
function isInBucket({ root, env }: DoctorSubject): boolean {
  return !('state' in placeOf(root, env));
}

/** The bucket of the Terraform state. */
export const stateBucket: Check = {
  name: 'state bucket',
  needsCredentials: isInBucket,
  run: async ({ env, root }) => {
    const place = placeOf(root, env);
    return 'state' in place ? place : checkBucket(place, clientIn(place));
  },
};

/** Whether someone else, or an interrupted run, holds the lock of the state. */
export const stateLock: Check = {
  name: 'state lock',
  needsCredentials: isInBucket,
  run: async ({ env, root, project, pipeline }) => {
    const place = placeOf(root, env);
    if ('state' in place)
      return place.state === 'wrong' ? unchecked('there is no state bucket to look in') : place;
    const key = stateKeys.pipeline(project, pipeline.id);
    return checkLock({ bucket: place.bucket, key, id: pipeline.id }, clientIn(place));
  },
};

function placeOf(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): StateBucket | Verdict {
  try {
    const { state } = readStatePlace({ root, env });
    if (state.kind === 's3') return state;
    return unneeded('LOCAL_STATE=1 keeps the state in a local file');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return wrong(
      errorText(error),
      'set STATE_BUCKET and STATE_REGION, in the environment or in cdktf.json',
    );
  }
}

function clientIn({ region }: StateBucket): S3 {
  return new S3Client({ region, followRegionRedirects: true, requestHandler: S3_REQUESTS });
}

async function checkBucket({ bucket, region }: StateBucket, s3: S3): Promise<Verdict> {
  let found;
  try {
    ({ BucketRegion: found } = await s3.send(new HeadBucketCommand({ Bucket: bucket })));
  } catch (error) {
    const status = tryAwsStatus(error);
    if (status === 404)
      return wrong(`s3://${bucket} does not exist`, '"npm run bootstrap" creates it');
    if (status === 403)
      return wrong(
        `you may not use s3://${bucket}: HTTP status 403`,
        'if the bucket is yours, allow s3:ListBucket on it; otherwise another account has this name: choose another STATE_BUCKET',
      );
    return wrong(`s3://${bucket} could not be asked about: ${errorText(error)}`, NETWORK);
  }
  if (found !== undefined && found !== region)
    return wrong(
      `s3://${bucket} is in ${found}, but STATE_REGION is ${region}`,
      `set STATE_REGION=${found}`,
    );
  return fine(`s3://${bucket} in ${region}${await versioningNote(bucket, s3)}`);
}

async function versioningNote(Bucket: string, s3: S3): Promise<string> {
  try {
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    return Status === 'Enabled'
      ? ', versioned'
      : ', without versions, so that a lost state stays lost';
  } catch {
    return '';
  }
}

interface LockPlace {
  readonly bucket: string;
  /** Key of the state. */
  readonly key: string;
  /** Id of the pipeline. */
  readonly id: string;
}

async function checkLock({ bucket, key, id }: LockPlace, s3: S3): Promise<Verdict> {
  const what = `s3://${bucket}/${key}.tflock`;
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${key}.tflock` }));
    return held(what, id, (await Body?.transformToString()) ?? '');
  } catch (error) {
    if (isNamed(error, 'NoSuchBucket')) return unchecked('there is no state bucket to look in');
    const status = tryAwsStatus(error);
    if (status === 404) return fine('no one holds it');
    return status === 403
      ? unchecked(`you may not read ${what}: ${errorText(error)}`)
      : wrong(`${what} could not be read: ${errorText(error)}`, NETWORK);
  }
}

function held(what: string, id: string, text: string): Verdict {
  const { ID, Who, Created, Operation } = (tryParseJson(text) ?? {}) as Readonly<
    Record<string, unknown>
  >;
  const [lock, who, since] = [ID, Who, Created].map((value) =>
    typeof value === 'string' ? value : 'unknown',
  );
  const operation = typeof Operation === 'string' ? ` for ${Operation}` : '';
  return wrong(
    `${String(who)} has held the lock ${what} since ${String(since)}${operation}`,
    `wait until that run has ended; if it was interrupted: terraform -chdir=cdktf.out/stacks/${id} force-unlock ${String(lock)}`,
  );
}
