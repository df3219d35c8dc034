import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCli } from '../../../support/cli/run-cli.js';
import { startStacApi } from '../../../support/reconcile/stac-api.js';

// Needs pipelines/cop_dem_30.

const TILES = ['N00_00_E006', 'N01_00_E007', 'N02_00_E008'].map(
  (tile) => `Copernicus_DSM_COG_10_${tile}_00_DEM`,
);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprocess-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const reprocess = (...options: string[]) =>
  runCli('backfill', ['cop_dem_30', 'reprocess', ...options]);

describe('npm run backfill -- <pipeline> reprocess', () => {
  test('writes the messages of the Items that older code made', async () => {
    const listing = join(folder, 'list.txt');
    writeFileSync(listing, TILES.map((tile) => `${tile}/${tile}.tif\n`).join(''));
    const software = [
      { 'cop_dem_30-pipeline': '1.3' },
      { 'cop_dem_30-pipeline': '1.4' },
      undefined,
    ];
    const items = TILES.map((id, index) => ({
      id,
      properties: { datetime: '2021-04-22T00:00:00Z', 'processing:software': software[index] },
    }));
    const server = await startStacApi({ collection: 'cop-dem-glo-30', items: () => items });
    const places = ['--local', '--inventory', listing, '--stac-api', server.url];

    const out = ['--out', join(folder, 'out')];
    const result = await reprocess('--made-before', '1.4.0', ...places, ...out, '--json');
    await server.close();

    expect(result.code).toBe(0);
    const report = JSON.parse(result.stdout) as { readonly files: { readonly messages: string } };
    expect(report).toMatchObject({ items: 3, selected: 2, withoutRow: 0, madeBefore: '1.4.0' });
    expect(readFileSync(report.files.messages, 'utf8').trimEnd().split('\n')).toHaveLength(2);
  });

  test.each([
    [[], 'reprocess requires --made-before <version>'],
    [['--made-before', 'new', '--yes'], '--made-before must be numbers separated by dots'],
    [['--made-before', '1.4'], 'stdin is not a terminal: add --yes, or --count'],
    [['--made-before', '1.4', '--json'], '--json cannot ask before it sends'],
    [['--made-before', '1.4', '--where', 'x'], '--where requires the action repost or dry-run'],
  ])('%j is refused', async (options, fault) => {
    const { code, stdout, stderr } = await reprocess(...options);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(fault);
  });
});
