import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Current directory. @default this project */
  readonly cwd?: string;
  /** Receives the process, for example to kill it. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Invalid credentials, so that a test can never reach AWS. */
export const AWS_ENV = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
  PROJECT: 'demo',
};

/** Runs cli/<command>.ts as npm does, in a process of its own without a terminal. */
export function runCli(
  command: string,
  args: readonly string[],
  { env = {}, cwd = process.cwd(), onStart }: CliOptions = {},
): Promise<CliResult> {
  const tsx = resolve('node_modules/tsx/dist/loader.mjs');
  const file = resolve(command.includes('/') ? command : `cli/${command}.ts`);
  return new Promise((done) => {
    const child = spawn(process.execPath, ['--no-warnings', '--import', tsx, file, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...AWS_ENV, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
    child.on('close', (code) => {
      done({ code, ...texts });
    });
    onStart?.(child);
  });
}
