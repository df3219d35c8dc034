import { describe, expect, test } from '@jest/globals';
import { FIXTURE } from '../../support/backfill/inventory.js';
import { runCli, type CliResult } from '../../support/cli/run-cli.js';

describe('npm run backfill', () => {
  const backfill = (...args: string[]): Promise<CliResult> =>
    runCli('backfill', args, { cwd: FIXTURE });

  test.each([
    [[], 'which pipeline? pipelines holds example, plain'],
    [['other'], 'there is no pipeline "other". pipelines holds example, plain'],
    [['example', 'go'], 'there is no action "go". There are status, start, pause, resume'],
    [['plain'], 'plain has no inventory_location in its config.yaml'],
    [['plain', 'start', '--local', '--inventory', '.'], 'plain has no historic.ts'],
    [['example', 'start', '--local'], '--local needs --inventory'],
    [['example', '--inventory', 'x'], '--inventory, --chunks and --out go with --local'],
    [['example', 'start', '--chunk', 'x'], '--chunk goes with restart and dry-run'],
    [['example', 'restart', '--chunk', '2022-02-30'], '--chunk looks like a date'],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await backfill(...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
