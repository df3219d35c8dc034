import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fixtureProject } from '../../../support/cli/fixture-project.js';
import { CALLER, functionServices } from '../../../support/function-services/server.js';
import { runCli, type CliOptions } from '../../../support/cli/run-cli.js';

const APP = 'demo-waves-app';
const TABLE = 'demo-waves-state';
const ROW = `${TABLE} hold consumption`;

const root = fixtureProject();

let aws: Awaited<ReturnType<typeof functionServices>>;

beforeEach(async () => {
  aws = await functionServices();
  deploy('waves');
});

afterEach(() => aws.close());

function deploy(pipeline: string): void {
  aws.mappings.create(`demo-${pipeline}-app`, `demo-${pipeline}-granules`);
  aws.table.tables.add(`demo-${pipeline}-state`);
}

function run(command: string, args: readonly string[], options: CliOptions = {}) {
  return runCli(command, args, { env: { AWS_ENDPOINT_URL: aws.url }, cwd: root, ...options });
}

describe('npm run hold', () => {
  test('disables the mapping, waits for it, and keeps reason, time and caller', async () => {
    const { code, stdout, stderr } = await run('hold', ['waves', '--reason', 'restore']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^waves: consumption is held since \d{4}-\d\d-\d\d \d\d:\d\dZ by arn:aws:iam::123456789012:user\/ann: restore\. Messages wait, for 7 days at most; to go on: npm run release -- waves\n$/,
    );
    expect(aws.mappings.state(APP)).toBe('Disabled');
    expect(aws.table.rows.get(ROW)).toMatchObject({ reason: { S: 'restore' }, by: { S: CALLER } });
    const [put, update] = ['PutItem', 'UpdateEventSourceMapping'].map((one) =>
      aws.calls.indexOf(one),
    );
    expect(put).toBeLessThan(update ?? -1);
  });

  test('again keeps the time and takes the new reason, or none', async () => {
    await run('hold', ['waves', '--reason', 'restore']);
    const { since } = aws.table.rows.get(ROW) ?? {};

    const same = await run('hold', ['waves']);
    const other = await run('hold', ['waves', '--reason', 'upgrade', '--json']);

    expect(same.stdout).toMatch(/^waves: consumption was held already, since .*: restore\n$/);
    const hold = { since: since?.S, by: CALLER, reason: 'upgrade' };
    expect(JSON.parse(other.stdout)).toEqual({
      pipelines: [{ pipeline: 'waves', result: 'held', hold }],
    });
    expect(aws.table.rows.get(ROW)).toMatchObject({ since, reason: { S: 'upgrade' } });
  });

  test('waits while Lambda is busy with an earlier change', async () => {
    aws.mappings.busy = 1;

    expect(await run('hold', ['waves'])).toMatchObject({ code: 0 });
    expect(aws.mappings.state(APP)).toBe('Disabled');
  });

  test('that was killed in between is completed by the same command, with its time', async () => {
    const killed = run('hold', ['waves', '--reason', 'restore'], {
      onStart: (child) => {
        const timer = setInterval(() => {
          if (!aws.table.rows.has(ROW)) return;
          clearInterval(timer);
          child.kill('SIGKILL');
        }, 5);
      },
    });
    expect(await killed).toMatchObject({ code: null, stdout: '' });
    const { since } = aws.table.rows.get(ROW) ?? {};

    expect(await run('hold', ['waves'])).toMatchObject({ code: 0 });

    expect(aws.mappings.state(APP)).toBe('Disabled');
    expect(aws.table.rows.get(ROW)).toMatchObject({ since, reason: { S: 'restore' } });
  });

  test('--all holds those that are deployed, and names the others', async () => {
    deploy('tides');

    const { code, stdout } = await run('hold', ['--all', '--json']);

    expect(code).toBe(0);
    const { pipelines } = JSON.parse(stdout) as { pipelines: Record<string, string>[] };
    const results: unknown = Object.fromEntries(
      pipelines.map(({ pipeline, result }) => [pipeline, result]),
    );
    expect(results).toEqual({
      currents: 'not deployed',
      tides: 'held',
      waves: 'held',
    });
  });
});

describe('npm run release', () => {
  test('enables the mapping, and then removes the record', async () => {
    await run('hold', ['waves', '--reason', 'restore']);
    aws.calls.length = 0;

    const { code, stdout } = await run('release', ['waves']);

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^waves: consumption is on again; it was held since .* by arn:aws:iam::123456789012:user\/ann: restore\n$/,
    );
    expect(aws.mappings.state(APP)).toBe('Enabled');
    expect(aws.table.rows.has(ROW)).toBe(false);
    expect(aws.calls.at(-1)).toBe('DeleteItem');
  });

  test('switches on what was switched off by hand, and says if there is nothing to do', async () => {
    aws.mappings.set(APP, 'Disabled');

    const [first, second] = [await run('release', ['waves']), await run('release', ['waves'])];

    expect(first).toMatchObject({
      code: 0,
      stdout: 'waves: consumption is on again; it was off without a hold\n',
    });
    expect(second).toMatchObject({ code: 0, stdout: 'waves: consumption is not held\n' });
  });
});

describe('in one sentence', () => {
  test.each([
    [
      'a pipeline that is not deployed',
      ['tides'],
      1,
      /^hold: the event source mapping of demo-tides-app does not exist in \S+: check that the pipeline is deployed, and that PROJECT and the AWS account are right\n$/,
    ],
    ['no pipeline', [], 2, /^hold: missing argument <pipeline> /],
    ['one and all', ['waves', '--all'], 2, /^hold: --all and waves contradict each other/],
  ])('%s', async (...[, args, code, sentence]) => {
    const result = await run('hold', args);

    expect(result.code).toBe(code);
    expect(`${result.stdout}${result.stderr}`).toMatch(sentence);
  });

  test('no permission: nothing is disabled', async () => {
    aws.refuseOnce('PutItem');

    const { code, stderr } = await run('hold', ['waves']);

    expect(code).toBe(1);
    expect(stderr).toBe(
      `hold: cannot access table ${TABLE} in eu-central-1: refused by the test\n`,
    );
    expect(aws.mappings.state(APP)).toBe('Enabled');
  });
});
