import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { startLimited } from '../bench/cost/process-limit.js';

const WALL_MS = 2_000;
/** Computes for two seconds, and writes the seconds of processor time that it got. */
const PROGRAM = `
const end = performance.now() + ${WALL_MS};
while (performance.now() < end);
const { user, system } = process.cpuUsage();
require('node:fs').writeSync(3, (user + system) / 1e6 + '\\n');`;

async function usedShare(share: number, by?: 'signals'): Promise<number> {
  const env = { PATH: process.env['PATH'] };
  const command = [process.execPath, '-e', PROGRAM] as const;
  const { child } = startLimited({ command, env, share, ...(by && { by }) });
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const [seconds] = (await once(lines, 'line')) as [string];
  return Number(seconds) / (WALL_MS / 1000);
}

// Elsewhere there is no /proc; and the process may get less than its share on a busy machine.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux.each([
  { by: 'what this machine has', signals: undefined },
  { by: 'signals', signals: 'signals' as const },
])(
  'a process that computes gets its share of a processor, by $by',
  async ({ signals }) => {
    const share = await usedShare(0.25, signals);

    expect(share).toBeLessThan(0.35);
    expect(share).toBeGreaterThan(0.05);
  },
  30_000,
);
