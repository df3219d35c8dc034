import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { copyProject, runProject } from './project-copy.js';
import { STATE_BUCKET } from './places.js';
import { clientOptions } from './platform.js';
import { STACKS } from './stacks.js';
import type { System } from './system.js';

/** Writes the stack that makes the bucket for the state of all others, as `npm run bootstrap` does. */
export async function synthesizeBootstrap(system: System): Promise<void> {
  copyProject(system, STACKS);
  await runProject(system, ['main.ts'], { BOOTSTRAP: '1' });
}

/** Names of the objects in the state bucket: states, and the locks of those that are being changed. */
export async function listStates({ endpoint }: System): Promise<readonly string[]> {
  const s3 = new S3Client(clientOptions(endpoint));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: STATE_BUCKET }));
  return Contents.map(({ Key = '' }) => Key);
}

export async function readState({ endpoint }: System, key: string): Promise<string> {
  const s3 = new S3Client(clientOptions(endpoint));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: STATE_BUCKET, Key: key }));
  return (await Body?.transformToString()) ?? '';
}
