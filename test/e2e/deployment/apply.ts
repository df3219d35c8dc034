import { join } from 'node:path';
import type { Outcome, Terraform } from '../../system/terraform/terraform.js';
import { commandEnvironment, copyProject, runProject } from './project-copy.js';
import { STACKS } from './stacks.js';
import type { System } from '../system/system.js';

/** Who deploys: an access key of the emulator. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Deployer {
  readonly terraform: Terraform;
  readonly credentials: Credentials;
  /** Of the root in the run's copy of the project. @default that of the stack */
  readonly folder?: string;
}

function stackFolder(id: string): string {
  return join('cdktf.out', 'stacks', id);
}

/** One synthesized stack, or another root, under Terraform. The state of a stack is in the run's state bucket. */
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

  /** Exit code 0: nothing to do; 2: changes. */
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

/** Writes every stack of the suite, as `cdktf synth` does. */
export async function synthesizeAll(system: System): Promise<void> {
  copyProject(system, STACKS);
  await runProject(system, ['main.ts']);
}
