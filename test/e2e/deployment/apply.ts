import { join } from 'node:path';
import type { Outcome, Terraform } from '../../system/terraform/terraform.js';
import { commandEnvironment, copyProject, runProject } from './project-copy.js';
import { STACKS } from './stacks.js';
import type { System } from '../system/system.js';

/** Access key of the user who deploys. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Deployer {
  readonly terraform: Terraform;
  readonly credentials: Credentials;
  /** Folder of a root module in the run's copy of the project. @default the folder of the stack */
  readonly folder?: string;
}

function stackFolder(id: string): string {
  return join('cdktf.out', 'stacks', id);
}

/** Runs Terraform on a synthesized stack or another root module. The state of a stack is in the state bucket. */
export class Deployment {
  private readonly folder: string;
  private readonly terraform: Terraform;

  constructor(
    system: System,
    readonly id: string,
    { terraform, credentials, folder = stackFolder(id) }: Deployer,
  ) {
    this.folder = join(system.folder, 'project', folder);
    this.terraform = terraform.with({
      ...commandEnvironment(system),
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    });
  }

  async init(): Promise<void> {
    await this.terraform.run(this.folder, 'init', '-input=false');
  }

  apply(): Promise<Outcome> {
    return this.terraform.try(this.folder, 'apply', '-input=false', '-auto-approve');
  }

  /** Exit code 0 means no changes, 2 means changes. */
  plan(): Promise<Outcome> {
    return this.terraform.try(this.folder, 'plan', '-input=false', '-detailed-exitcode');
  }

  destroy(): Promise<Outcome> {
    return this.terraform.try(this.folder, 'destroy', '-input=false', '-auto-approve');
  }

  async outputs(): Promise<Readonly<Record<string, string>>> {
    const text = await this.terraform.run(this.folder, 'output', '-json');
    const outputs = JSON.parse(text) as Record<string, { value: string }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }
}

/** Synthesizes every stack of the suite, as `cdktf synth` does. */
export async function synthesizeAll(system: System): Promise<void> {
  copyProject(system, STACKS);
  await runProject(system, ['main.ts']);
}
