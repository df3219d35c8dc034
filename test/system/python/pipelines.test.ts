import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect } from '@jest/globals';
import { STAC_VERSIONS, type Item } from '../../../lambdas/stac/stac.js';
import { importFunction } from '../../../cli/python/gate.js';
import { useKeyVariables } from '../../../cli/python/variables.js';
import { handlerIn, pipelineFile } from '../../../cli/shared/pipeline-code.js';
import type { HistoricHandler } from '../../../lambdas/historic-handler.js';
import { walk } from '../../../local/input/walk.js';
import { readPipelineConfig } from '../../../modules/config/config.js';
import { listPipelines } from '../../../modules/config/folder.js';
import { runCli } from '../../support/cli/run-cli.js';
import { jsonLines } from '../../support/json-lines.js';
import { pythonEnvironment, testWithPackages } from '../../support/python-environment.js';
import { coreSchemas } from '../../support/pystac.js';
import { coreFaultsOf } from '../../support/stac-schemas.js';

const PYTHON_PIPELINES = listPipelines().filter((id) =>
  existsSync(join('pipelines', id, 'requirements.in')),
);

const environments = new Map(
  await Promise.all(
    PYTHON_PIPELINES.map(
      async (id) => [id, await pythonEnvironment({ id, folder: join('pipelines', id) })] as const,
    ),
  ),
);

function testWith(id: string, title: string, body: () => Promise<void>): void {
  testWithPackages(environments.get(id) ?? { missing: `no pipeline ${id}` }, title, body);
}

async function localRun(id: string, ...options: readonly string[]) {
  const out = mkdtempSync(join(tmpdir(), 'python-pipeline-'));
  const run = await runCli('cli/local.ts', [id, '--out', out, ...options]);
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('failed 0') });
  return { out, items: jsonLines(readFileSync(join(out, 'items.ndjson'), 'utf8')) as Item[] };
}

const schemas = await Promise.all(
  STAC_VERSIONS.map(async (version) => ({ version, ...(await coreSchemas(version)) })),
);
const notChecked = schemas.flatMap((one) =>
  'missing' in one ? [` (core schemas of STAC ${one.version} not checked: ${one.missing})`] : [],
);

/** The faults of an Item by the core schemas of its own version of STAC. */
function schemaFaultsOf(item: Item): readonly string[] {
  const found = schemas.find(({ version }) => version === item.stac_version);
  if (found === undefined) return [`unknown stac_version ${item.stac_version}`];
  return 'missing' in found ? [] : coreFaultsOf(item, found.folder);
}

function idsIn(items: readonly Item[]): string[] {
  return items.map((item) => item.id).sort();
}

/** The ids by itemIdOf for the files of the sample; undefined if the pipeline does not say them. */
async function itemIdsOf(id: string): Promise<string[] | undefined> {
  const folder = join('pipelines', id);
  useKeyVariables(readPipelineConfig(folder));
  const file = resolve(pipelineFile({ id, folder }, 'historic.ts'));
  const { itemIdOf, rowToMessageBody } = (await handlerIn<HistoricHandler>(file)).pipeline;
  if (itemIdOf === undefined) return undefined;
  const ids: string[] = [];
  for await (const { key } of walk(join(folder, 'sample', 'bucket')))
    if (rowToMessageBody({ key }) !== undefined) ids.push(itemIdOf({ key }) ?? '');
  return ids.sort();
}

describe('pipelines whose Items a Python package makes', () => {
  for (const id of PYTHON_PIPELINES) {
    const folder = join('pipelines', id);
    if (!existsSync(join(folder, 'sample/bucket'))) {
      testWith(id, `${id}, which has no sample, has a function that can be imported`, async () => {
        await expect(importFunction({ id, folder }, () => undefined)).resolves.toContain('.python');
      });
      continue;
    }
    testWith(
      id,
      `${id} makes Items of its sample that are valid and refer to nothing on this machine${notChecked.join('')}`,
      async () => {
        const { items } = await localRun(id);

        expect(items.length).toBeGreaterThan(0);
        for (const item of items) {
          const hrefs = Object.values(item.assets).map(({ href }) => href);
          expect(hrefs.filter((href) => !/^(s3|https):\/\//.test(href))).toEqual([]);
          expect(schemaFaultsOf(item)).toEqual([]);
        }
        const said = await itemIdsOf(id);
        expect(said ?? idsIn(items)).toEqual(idsIn(items));
      },
    );
  }

  testWith(
    'noaa_oisst',
    'noaa_oisst writes the copies of an Item, with the hrefs of a deployment or on disk',
    async () => {
      const options = ['--outputs-href', 'file', '--limit', '1'];
      const { out, items } = await localRun('noaa_oisst', ...options);
      const [item] = items;
      const { netcdf, ...copies } = item?.assets ?? {};

      expect(netcdf?.href).toMatch(/^s3:\/\/noaa-cdr-.*\.nc$/);
      expect(Object.keys(copies).sort()).toEqual(['anom', 'err', 'ice', 'sst']);
      for (const { href, ...fields } of Object.values(copies)) {
        expect(href.startsWith(join(out, 'outputs'))).toBe(true);
        expect(existsSync(href)).toBe(true);
        expect(fields).toMatchObject({
          'file:checksum': expect.stringMatching(/^1220[\da-f]{64}$/),
        });
      }
    },
  );

  testWith(
    'noaa_hrrr',
    'an inventory without a granule is named with granule_pattern',
    async () => {
      const listing = join(mkdtempSync(join(tmpdir(), 'listing-')), 'keys.txt');
      writeFileSync(listing, 'hrrr.20240510/conus/hrrr.t12z.wrfprsf00.grib2.idx\n');
      const out = mkdtempSync(join(tmpdir(), 'python-pipeline-'));
      const words = ['noaa_hrrr', '--inventory', listing, '--out', out];
      const { code, stderr } = await runCli('cli/local.ts', words);

      expect(code).toBe(1);
      expect(stderr).toContain(
        `--inventory '${listing}' has no key that matches granule_pattern (given '/conus/hrrr`,
      );
    },
  );

  testWith('noaa_hrrr', 'npm run item makes the Items of a file on disk', async () => {
    const key = 'hrrr.20240510/conus/hrrr.t12z.wrfsfcf00.grib2.idx';
    const file = join('pipelines/noaa_hrrr/sample/bucket', key);
    const { code, stdout, stderr } = await runCli('cli/item.ts', ['noaa_hrrr', file]);

    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      id: 'hrrr-conus-sfc-2024-05-10T12-FH0',
      collection: 'noaa-hrrr-sfc-conus',
    });
  });
});
