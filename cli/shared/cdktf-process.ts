import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { outliveReader } from './output.js';

export interface CdktfProcess {
  /** Resolves to the exit code; 1 if a signal ended the process. */
  readonly ended: Promise<number>;
  /** Ends the process at once. */
  kill(): void;
}

/** Starts the cdktf CLI. Its output goes to this process's, whose reader may leave before a deployment has ended. */
export function startCdktf(words: readonly string[], root: string): CdktfProcess {
  const manifest = createRequire(import.meta.url).resolve('cdktf-cli/package.json');
  const program = join(dirname(manifest), 'bundle', 'bin', 'cdktf.js');
  // Ctrl-C also reaches cdktf, and Terraform needs time to release its lock.
  process.on('SIGINT', () => undefined);
  const child = spawn(process.execPath, ['--no-warnings', program, ...words], {
    cwd: root,
    stdio: ['inherit', process.stdout.isTTY ? 'inherit' : 'pipe', 'inherit'],
    env: { ...process.env, ...environmentOf(words[0]) },
  });
  passOn(child);
  return {
    ended: once(child, 'close').then(([code]) => (code as number | null) ?? 1),
    kill: () => child.kill('SIGKILL'),
  };
}

/** Without a terminal, cdktf would print each frame of its spinner as a line, unless CI is set. */
function environmentOf(verb: string | undefined): Readonly<Record<string, string>> {
  const isQuiet = !process.stdout.isTTY && (verb === 'synth' || verb === 'list');
  return { CHECKPOINT_DISABLE: '1', ...(isQuiet && { CI: process.env['CI'] ?? '1' }) };
}

/** Reads the output to its end even if there is no reader: a closed pipe would end cdktf halfway. */
function passOn({ stdout }: ChildProcess): void {
  if (stdout === null) return;
  outliveReader();
  stdout.on('data', (chunk: Buffer) => {
    if (process.stdout.errored === null) process.stdout.write(chunk);
  });
}
