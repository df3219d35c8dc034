import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { commandEnvironment } from './project-copy.js';
import { system, waitFor } from '../system/running.js';

export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the project in the run's copy of the project. */
export function command(name: string, ...words: readonly string[]): Promise<CommandOutcome> {
  const { PATH, HOME } = process.env;
  const options = {
    cwd: join(system.folder, 'project'),
    env: { PATH, HOME, ...commandEnvironment(system) },
    maxBuffer: 64 * 1024 * 1024,
  };
  const node = ['--import', 'tsx', '--no-warnings', `cli/${name}.ts`, ...words];
  return new Promise((done) => {
    execFile(process.execPath, node, options, (error, stdout, stderr) => {
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
