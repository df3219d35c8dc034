import { expect, test } from '@jest/globals';
import { runCli } from '../support/cli/run-cli.js';

const BENCH = 'test/bench/bench.ts';

test.each([
  {
    args: ['items', '--items', '20', '--rounds', '1'],
    keys: ['fullSizeTimesReference', 'trimmedTimesReference', 'heapEndByTenth', 'fullSizeMs'],
    measured: ['heapEndByTenth', 'heapEndMb'],
  },
  { args: ['handler'], keys: ['msPerRecord'], measured: ['msPerRecord'] },
  {
    args: ['local', '--granules', '2'],
    keys: ['itemsPerSecond', 'seconds'],
    measured: ['itemsPerSecond'],
  },
  {
    args: ['backfill', '--rows', '20', '--keys', '100', '--rounds', '1'],
    keys: ['timesOneByOne', 'timesOneByOneEmulator', 'parsedRowsPerSecond', 'keysSeconds'],
    measured: ['timesOneByOne', 'timesOneByOneMin', 'timesOneByOneMax', 'keysPeakMb'],
  },
  {
    args: ['stacks', '--pipelines', '0', '--rounds', '1'],
    keys: ['timesBareApp', 'manyWarmSeconds', 'bundleMb'],
    measured: ['timesBareApp', 'oneSeconds', 'importMs'],
  },
])('bench $args.0 prints its figures as one JSON object', async ({ args, keys, measured }) => {
  const { code, stdout, stderr } = await runCli(BENCH, args);

  expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 1 });
  const figures = JSON.parse(stdout) as Record<string, unknown>;
  expect(figures['part']).toBe(args[0]);
  expect(Object.keys(figures)).toEqual(expect.arrayContaining(keys));
  expect(measured.filter((key) => !(Number(figures[key]) > 0))).toEqual([]);
  expect(stderr).not.toBe('');
});

test('each of several parts prints one line', async () => {
  const args = ['handler', 'backfill', '--rows', '0', '--keys', '0'];

  const { stdout } = await runCli(BENCH, args);

  const parts = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly part: string }).part);
  expect(parts).toEqual(['handler', 'backfill']);
});

test('an unknown part is rejected with the known ones', async () => {
  const { code, stdout, stderr } = await runCli(BENCH, ['items', 'queues']);

  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'bench: unknown part "queues" (known: items, handler, local, backfill, stacks). Run "npm run bench -- --help" for usage.\n',
  });
});
