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
    [['example', '--inventory', 'x'], '--inventory, --chunks and --out require --local'],
    [['example', 'start', '--chunk', 'x'], '--chunk requires the action restart or dry-run'],
    [['example', 'restart', '--chunk', '2022-02-30'], '--chunk looks like a date'],
  ])('%j is rejected in one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await backfill(...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
