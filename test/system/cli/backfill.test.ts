import { describe, expect, test } from '@jest/globals';
import { FIXTURE } from '../../support/backfill/inventory.js';
import { runCli, type CliResult } from '../../support/cli/run-cli.js';

describe('npm run backfill', () => {
  const backfill = (...args: string[]): Promise<CliResult> =>
    runCli('backfill', args, { cwd: FIXTURE });

  test.each([
    [[], 'missing argument <pipeline> (known: example, plain)'],
    [['other'], 'unknown pipeline "other" (known: example, plain)'],
    [['example', 'go'], 'unknown action "go" (known: status, start, pause, resume'],
    [['plain'], 'plain has no backfill: its config.yaml has no inventory_location'],
    [['plain', 'start', '--local', '--inventory', '.'], 'plain has no historic.ts'],
    [['example', 'start', '--local'], '--local requires --inventory'],
    [['example', '--inventory', 'x'], '--inventory and --out require --local'],
    [['example', 'start', '--chunk', 'x'], '--chunk requires the action restart or dry-run'],
    [['example', 'restart', '--chunk', '2022-02-30'], '--chunk looks like a date'],
    [
      ['example', 'pause', '--chunks', '2'],
      '--chunks requires the action start, restart or dry-run',
    ],
    [
      ['example', 'start', '--from', 'x'],
      '--from requires the action repost, reprocess or dry-run',
    ],
    [['example', 'start', '--where', 'x'], '--where requires the action repost or dry-run'],
    [['example', 'start', '--repost'], '--repost requires the action pause or resume'],
    [['example', 'repost', '--from', '2022-04-20'], '(missing: --to)'],
    [['example', 'start', '--chunks', '0'], '--chunks must be a whole number of at least 1'],
  ])('%j is rejected in one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await backfill(...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
