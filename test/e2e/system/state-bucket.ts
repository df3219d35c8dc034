import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { copyProject, runProject } from '../deployment/project-copy.js';
import { STATE_BUCKET } from './places.js';
import { clientOptions } from './platform.js';
import { STACKS } from '../deployment/stacks.js';
import type { System } from './system.js';

/** Writes the stack of the state bucket, as `npm run bootstrap` does. */
export async function synthesizeBootstrap(system: System): Promise<void> {
  copyProject(system, STACKS);
  await runProject(system, ['main.ts'], { BOOTSTRAP: '1' });
}

function clientOf({ endpoint }: System): S3Client {
  return new S3Client(clientOptions(endpoint));
}

/** Lists the objects in the state bucket: states, and locks of those that are being changed. */
export async function listStates(system: System): Promise<readonly string[]> {
  const list = new ListObjectsV2Command({ Bucket: STATE_BUCKET });
  const { Contents = [] } = await clientOf(system).send(list);
  return Contents.map(({ Key = '' }) => Key);
}

export async function readState(system: System, key: string): Promise<string> {
  const get = new GetObjectCommand({ Bucket: STATE_BUCKET, Key: key });
  const { Body } = await clientOf(system).send(get);
  return (await Body?.transformToString()) ?? '';
}
