import { expect, test } from '@jest/globals';
import { runCli } from '../support/cli/run-cli.js';
import { pythonEnvironment, testWithPackages } from '../support/python-environment.js';

// Needs pipelines/sentinel1, pipelines/noaa_hrrr, pipelines/noaa_oisst and pipelines/landsat_c2_l2.

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
    args: ['verify', '--posted', '50'],
    keys: ['settledPerSecond', 'cpuMsPerItem', 'ingestorMs', 'tableMs', 'items'],
    measured: ['settledPerSecond', 'cpuMsPerItem'],
  },
  {
    args: ['reconcile', '--ids', '300'],
    keys: ['idsPerSecond', 'rowsPerSecond', 'itemsPerSecond', 'peakMb', 'extraMb', 'ids'],
    measured: ['idsPerSecond', 'rowsPerSecond', 'peakMb', 'ids'],
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

const environments = await Promise.all(
  ['noaa_hrrr', 'noaa_oisst', 'landsat_c2_l2'].map((id) =>
    pythonEnvironment({ id, folder: `pipelines/${id}` }),
  ),
);
const environment = environments.find((one) => 'missing' in one) ?? { python: '' };

testWithPackages(environment, 'bench python prints its ratios as one JSON object', async () => {
  const args = ['python', '--rounds', '1', '--scenes', '4'];
  const { code, stdout, stderr } = await runCli(BENCH, args);

  expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 1 });
  const figures = JSON.parse(stdout) as Record<string, number | null>;
  expect(figures).toMatchObject({ part: 'python', granules: 4 });
  for (const key of ['overhead_ms', 'oisst_ratio', 'cores_ratio', 'environment_ms']) {
    expect({ key, isMeasured: Number(figures[key]) > 0 }).toEqual({ key, isMeasured: true });
  }
  // One process for each Item is slower on any machine. Without uv it is not measured.
  expect(figures['uvx_ratio'] ?? Infinity).toBeGreaterThan(1);
  expect(stderr).toContain('granule with four copies');
});

test('bench cost without --reference measures this side only, and gives no ratio', async () => {
  const { stdout } = await runCli(BENCH, ['cost', '--rounds', '1']);

  const figures = JSON.parse(stdout) as Record<string, Record<string, number | null>>;
  expect(figures['ratio']).toBeNull();
  for (const key of ['usd_per_million', 'gb_seconds_per_million', 'cold_start_ms']) {
    expect(figures[key]).toEqual({ ours: expect.any(Number) as unknown, reference: null });
  }
  // The manifest, and the first part of one annotation.
  expect(figures['s3_requests_per_item']?.['ours']).toBe(2);
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
      'bench: unknown part "queues" (known: items, handler, local, backfill, cost, verify, python, reconcile, stacks, fleet). Run "npm run bench -- --help" for usage.\n',
  });
});
