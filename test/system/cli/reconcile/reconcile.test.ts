import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCli } from '../../../support/cli/run-cli.js';
import { jsonLines } from '../../../support/json-lines.js';
import { startStacApi, type StacApiOptions } from '../../../support/reconcile/stac-api.js';

// Needs pipelines/cop_dem_30, pipelines/landsat_c2_l2 and pipelines/noaa_oisst.

const TILES = Array.from({ length: 2500 }, (_, index) => {
  const north = String(Math.floor(index / 100)).padStart(2, '0');
  const east = String(index % 100).padStart(3, '0');
  return `Copernicus_DSM_COG_10_N${north}_00_E${east}_00_DEM`;
});
const keyOf = (tile: string) => `${tile}/${tile}.tif`;
const items = (tiles: readonly string[]) => () =>
  tiles.map((id) => ({ id, properties: { datetime: '2021-04-22T00:00:00Z' } }));

let folder: string;
let close: (() => Promise<void>)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reconcile-'));
  close = [];
});

afterEach(async () => {
  for (const one of close) await one();
  rmSync(folder, { recursive: true, force: true });
});

async function apiOf(tiles: readonly string[], options: Partial<StacApiOptions> = {}) {
  const server = await startStacApi({
    collection: 'cop-dem-glo-30',
    items: items(tiles),
    maxLimit: 250,
    ...options,
  });
  close.push(server.close);
  return server;
}

function listing(tiles: readonly string[]): string {
  const path = join(folder, 'list.txt');
  writeFileSync(path, `${tiles.map(keyOf).join('\n')}\n`);
  return path;
}

function reconcile(tiles: readonly string[], url: string, ...options: readonly string[]) {
  const words = [
    '--local',
    '--inventory',
    listing(tiles),
    '--stac-api',
    url,
    '--out',
    join(folder, 'out'),
  ];
  return runCli('reconcile', ['cop_dem_30', ...words, ...options]);
}

describe('npm run reconcile', () => {
  test('names exactly the granules without an Item and the Items without a granule', async () => {
    const holes = TILES.filter((_, index) => index % 400 === 7);
    const gone = TILES.slice(100, 103);
    const server = await apiOf(TILES.filter((tile) => !holes.includes(tile)));

    const { code, stdout } = await reconcile(
      TILES.filter((tile) => !gone.includes(tile)),
      server.url,
      '--json',
    );

    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({
      expected: 2497,
      present: 2490,
      missing: 7,
      surplus: 3,
      superseded: 0,
    });
    expect(jsonLines(readFileSync(join(folder, 'out', 'missing.ndjson'), 'utf8'))).toEqual(
      holes.map((id) => ({ id, keys: [keyOf(id)], messages: [keyOf(id)] })),
    );
    expect(jsonLines(readFileSync(join(folder, 'out', 'surplus.ndjson'), 'utf8'))).toEqual(
      gone.map((id) => ({ id })),
    );
    expect(code).toBe(1);
  });

  test('ends with 0 if everything is there', async () => {
    const { code, stdout } = await reconcile(TILES, (await apiOf(TILES)).url);

    expect(stdout).toContain('Complete: every granule has an Item, and every Item has a granule.');
    expect(code).toBe(0);
  });

  test('that was killed goes on where it stopped', async () => {
    let pages = 0;
    let kill: (() => void) | undefined;
    const server = await apiOf(TILES, {
      fault: ({ method }) => {
        if (method === 'POST') pages += 1;
        if (pages < 5 || kill === undefined) return false;
        kill();
        return true;
      },
    });
    const out = ['--out', join(folder, 'out')];
    const words = [
      'cop_dem_30',
      '--local',
      '--inventory',
      listing(TILES),
      '--stac-api',
      server.url,
      ...out,
    ];

    const killed = await runCli('reconcile', words, {
      onStart: (child) => (kill = () => child.kill('SIGKILL')),
    });
    kill = undefined;
    const { code, stderr } = await runCli('reconcile', words);

    expect(killed.code).toBeNull();
    expect(stderr).toMatch(/going on with the comparison .*: 2,500 rows and 1,000 Items are read/);
    expect(code).toBe(0);
    // Ten pages of 250, and the one that was killed.
    expect(pages).toBe(11);
  });

  test.each([
    [['--send', '--yes'], '--send is for a deployment, not for --local'],
    [['--chunk', '2024-05-01'], 'cop_dem_30 has no chunks'],
    [['--page-size', '0'], '--page-size must be a whole number of at least 1'],
    [['--last'], '--last needs --send'],
    [['--from', '2024-05-01'], '--from and --to need each other'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await reconcile(TILES.slice(0, 2), 'http://127.0.0.1:9', ...options);

    expect(stderr).toContain(`reconcile: ${message}`);
    expect(code).toBe(2);
  });

  test('compares a pipeline in Python without historic.ts, whose granule_pattern names the id', async () => {
    const keyOfDay = (day: string) => `data/v2.1/avhrr/202209/oisst-avhrr-v02r01.${day}.nc`;
    const path = join(folder, 'list.txt');
    writeFileSync(path, ['20220913', '20220914', '20220914_preliminary'].map(keyOfDay).join('\n'));
    const { code: collectionCode, stdout: collection } = await runCli('collection', ['noaa_oisst']);
    const { id } = JSON.parse(collection) as { readonly id: string };
    const server = await apiOf(['oisst-avhrr-v02r01.20220913'], { collection: id });
    const words = ['--local', '--inventory', path, '--stac-api', server.url, '--json'];

    const { stdout } = await runCli('reconcile', [
      'noaa_oisst',
      ...words,
      '--out',
      join(folder, 'out'),
    ]);

    expect(collectionCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      expected: 2,
      present: 1,
      surplus: 0,
      samples: { missing: ['oisst-avhrr-v02r01.20220914'] },
    });
  });

  test('says that a pipeline cannot be compared, and why', async () => {
    const words = [
      'landsat_c2_l2',
      '--local',
      '--inventory',
      listing(['a']),
      '--stac-api',
      'http://127.0.0.1:9',
    ];

    const { code, stderr } = await runCli('reconcile', words);

    expect(stderr).toContain(
      'landsat_c2_l2 cannot be compared, because it does not say which Item a row of its inventory makes',
    );
    expect(code).toBe(1);
  });

  test.each([
    [[], /^reconcile: missing argument <pipeline>/],
    [['cop_dem_30', '--local'], /--local requires --inventory <path>/],
    [
      ['cop_dem_30', '--local', '--inventory', 'x.txt'],
      /has no stac_api_url in config.yaml: .*pass --stac-api <url>/,
    ],
    [
      ['cop_dem_30', '--local', '--inventory', 'x.txt', '--stac-api', 'stac'],
      /--stac-api .*\(given "stac"\)/,
    ],
  ])('without what it needs, as in %j, says so', async (words, message) => {
    const { code, stderr } = await runCli('reconcile', words);

    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
