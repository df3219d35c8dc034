import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineNames } from '../../../modules/config/names.js';
import { findTerraform, type Terraform } from '../../system/terraform/terraform.js';
import { Deployment, type Credentials } from './apply.js';
import { createDeployer } from './deployer.js';
import { ACCOUNT, PROJECT } from '../system/places.js';
import { synthesizeBootstrap } from '../system/state-bucket.js';
import type { System } from '../system/system.js';

/** Where the parts of a deployed pipeline are, by the project's own rule of names. */
export function partsOf({ endpoint }: System, pipeline: string) {
  const names = pipelineNames({ project: PROJECT, pipeline, account: ACCOUNT });
  const url = (name: string) => `${endpoint}/${ACCOUNT}/${name}`;
  return {
    names,
    queueUrl: url(names.queue),
    deadLettersUrl: url(names.deadLetters),
  };
}

/**
 * Under Terraform, with the credentials of the one deployer of the run. The stacks have to be synthesized.
 * @param folder of a root other than the stack, in the copy of the project
 */
export async function deploymentOf(
  system: System,
  id: string,
  folder?: string,
): Promise<Deployment> {
  const terraform = await terraformHere();
  const credentials = await deployerOf(system);
  return new Deployment(system, id, { terraform, credentials, ...(folder && { folder }) });
}

/** Makes the bucket for the states, as an administrator of the account does once. */
export async function deployStateBucket(system: System): Promise<void> {
  await synthesizeBootstrap(system);
  const bootstrap = new Deployment(system, 'bootstrap', {
    terraform: await terraformHere(),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await bootstrap.init();
  const { code, output } = await bootstrap.apply();
  if (code !== 0) throw new Error(output);
}

async function terraformHere(): Promise<Terraform> {
  const terraform = await findTerraform();
  if (terraform === undefined) throw new Error('there is no Terraform');
  return terraform;
}

async function deployerOf(system: System): Promise<Credentials> {
  const file = join(system.folder, 'deployer.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  const made = await createDeployer(system);
  writeFileSync(file, JSON.stringify(made));
  return made;
}
