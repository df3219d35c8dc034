import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryRun } from './shell.js';

/** A process that the suite started. The start time is needed because pids are reused. */
export interface OwnProcess {
  readonly name: string;
  readonly pid: number;
  /** Start time as printed by `ps`. */
  readonly started: string;
  readonly log: string;
}

export interface ProcessOptions {
  readonly name: string;
  readonly program: string;
  readonly words: readonly string[];
  readonly cwd: string;
  /** The whole environment, apart from PATH and HOME: nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
  /** URL that returns a status below 500 once the process is ready. */
  readonly readyUrl: string;
}

const READY_MS = 60_000;
const STOP_MS = 10_000;
const POLL_MS = 50;

/** Starts a process that outlives this one, and waits until it is ready. Throws with the end of its log. */
export async function startProcess(options: ProcessOptions): Promise<OwnProcess> {
  const { name, program, words, cwd, env, log } = options;
  const output = openSync(log, 'a');
  const child = spawn(program, words, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    // Ctrl-C signals a whole group; these processes are to be stopped later, in order.
    detached: true,
    stdio: ['ignore', output, output],
  });
  let ended = false;
  child.on('error', () => (ended = true));
  child.on('exit', () => (ended = true));
  child.unref();
  const { pid = 0 } = child;
  const started = { name, pid, started: await startOf(pid), log };
  try {
    await waitUntilReady(options, () => ended);
    return started;
  } catch (error) {
    await stopProcess(started);
    throw error;
  }
}

async function waitUntilReady(
  { name, log, readyUrl }: ProcessOptions,
  hasEnded: () => boolean,
): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (!(await answers(readyUrl))) {
    if (hasEnded() || Date.now() > deadline) {
      const what = hasEnded() ? 'ended' : `did not answer within ${READY_MS / 1000} s`;
      throw new Error(`${name} ${what}; the end of ${log}:\n${lastLines(log)}`);
    }
    await sleep(POLL_MS);
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    ({ status }) => status < 500,
    () => false,
  );
}

export function lastLines(log: string, count = 20): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

/** Sends SIGTERM, then SIGKILL if needed. Does nothing if the pid belongs to another process by now. */
export async function stopProcess({ pid, started }: OwnProcess): Promise<void> {
  if (!(await isAlive({ pid, started }))) return;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_MS;
  while (await isAlive({ pid, started })) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL');
    await sleep(POLL_MS);
  }
}

export async function isAlive({
  pid,
  started,
}: Pick<OwnProcess, 'pid' | 'started'>): Promise<boolean> {
  return started !== '' && (await startOf(pid)) === started;
}

/** Returns '' if the process does not exist or is a zombie. */
export async function startOf(pid: number): Promise<string> {
  const line = (await tryRun('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]))?.trim() ?? '';
  return line.startsWith('Z') ? '' : line.replace(/^\S+\s+/, '');
}

/** Returns different ports that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done, fail) => {
          server.once('error', fail);
          server.listen(0, '127.0.0.1', () => {
            done((server.address() as AddressInfo).port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
