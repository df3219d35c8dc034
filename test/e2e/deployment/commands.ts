import { execFile } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { deployerOf, terraformHere } from './deployed-stack.js';
import { commandEnvironment } from './project-copy.js';
import { system, waitFor } from '../system/running.js';

export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the project in the run's copy of the project. */
export function command(name: string, ...words: readonly string[]): Promise<CommandOutcome> {
  return runCommand([name, ...words], commandEnvironment(system));
}

interface Place {
  /** Folder of another project. */
  readonly folder: string;
  /** Its PROJECT. */
  readonly project: string;
}

/** Runs a command of another project on the system of the run. */
export function commandIn(
  { folder, project }: Place,
  name: string,
  ...words: readonly string[]
): Promise<CommandOutcome> {
  const environment = { ...commandEnvironment(system), PROJECT: project };
  return runCommand([name, ...words], environment, { folder });
}

/** The same for a command that runs Terraform, whose provider is where the tests find it. */
export async function terraformCommand(
  name: string,
  ...words: readonly string[]
): Promise<CommandOutcome> {
  const { environment } = await terraformHere();
  return runCommand([name, ...words], { ...environment, ...commandEnvironment(system) });
}

/** The same with the permissions of the user who deploys the stacks. */
export async function deployerCommand(
  name: string,
  ...words: readonly string[]
): Promise<CommandOutcome> {
  const { environment } = await terraformHere();
  const { accessKeyId, secretAccessKey } = await deployerOf(system, 'stacks');
  return runCommand([name, ...words], {
    ...environment,
    ...commandEnvironment(system),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
}

interface Runner {
  /** A folder that has the code of the project. @default the run's copy of the project */
  readonly folder?: string;
  /** The program of Node. @default that of the tests */
  readonly node?: string;
}

export function runCommand(
  [name = '', ...words]: readonly string[],
  environment: Readonly<Record<string, string>>,
  { folder = join(system.folder, 'project'), node: program = process.execPath }: Runner = {},
): Promise<CommandOutcome> {
  const { PATH = '', HOME } = process.env;
  const options = {
    cwd: folder,
    // The programs that the command starts are found on the PATH.
    env: { ...environment, PATH: `${dirname(program)}${delimiter}${PATH}`, HOME },
    maxBuffer: 64 * 1024 * 1024,
  };
  const node = ['--import', 'tsx', '--no-warnings', `cli/${name}.ts`, ...words];
  return new Promise((done) => {
    execFile(program, node, options, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr });
    });
  });
}

export interface ShownLetter {
  readonly reason?: string;
  readonly kind?: string;
  readonly itemId?: string;
  readonly receiveCount?: number;
}

/** Returns the dead letters of a pipeline, as `npm run redrive` lists them. */
export async function deadLetters(pipeline: string): Promise<readonly ShownLetter[]> {
  const { stdout } = await command('redrive', pipeline, '--json');
  return (JSON.parse(stdout) as { letters: ShownLetter[] }).letters;
}

export function waitForLetters(
  pipeline: string,
  count: number,
  seconds = 60,
): Promise<readonly ShownLetter[]> {
  return waitFor(
    () => deadLetters(pipeline),
    (found) => found.length === count,
    seconds,
  );
}
