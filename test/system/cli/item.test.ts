import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { runCli } from '../../support/cli/run-cli.js';
import { jsonLines } from '../../support/json-lines.js';

// Needs pipelines/sentinel1 and pipelines/cop_dem_30.

const DAY = resolve('pipelines/sentinel1/sample/bucket/GRD/2023/3/14/IW/DV');
const NAME = 'S1A_IW_GRDH_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E';
const GRANULE = join(DAY, NAME);
const TIMEOUT_MS = 120_000;

interface ItemLine {
  readonly id: string;
  readonly collection: string;
  readonly assets: Record<string, { readonly href: string }>;
}

const itemsIn = (stdout: string): ItemLine[] => jsonLines(stdout) as ItemLine[];

describe('the Item of a granule', () => {
  test(
    'is printed on one line, also after one that failed',
    async () => {
      const bad = join(DAY, 'nowhere_X_GRDH_1SDV');

      const { code, stdout, stderr } = await runCli('item', [
        'sentinel1',
        bad,
        relative('.', GRANULE),
      ]);

      expect(code).toBe(1);
      const [item, ...others] = itemsIn(stdout);
      expect(others).toEqual([]);
      expect(item).toMatchObject({ id: NAME.slice(0, -5), collection: 'sentinel1-grd' });
      // A granule of the sample has the href that it has in the bucket.
      expect(item?.assets['safe-manifest']?.href).toBe(
        `s3://sentinel-s1-l1c/GRD/2023/3/14/IW/DV/${NAME}/manifest.safe`,
      );
      expect(stderr).toMatch(/nowhere_X_GRDH_1SDV\/manifest.safe: cannot be read: no such file/);
    },
    TIMEOUT_MS,
  );

  test(
    '[N23] each reason follows the href that it is about, whatever was given',
    async () => {
      const bad = ['s3://bucket/no-tile', '/nowhere/at-all', '{"key":"what.tif"}'];

      const { code, stderr } = await runCli('item', ['cop_dem_30', ...bad]);

      expect(code).toBe(1);
      const lines = stderr.split('\n').filter(Boolean);
      expect(lines).toHaveLength(bad.length);
      for (const [index, href] of bad.entries()) {
        // Once, also if the reason already begins with it.
        expect(lines[index]?.split(`${href}: `)).toEqual(['', expect.any(String)]);
      }
    },
    TIMEOUT_MS,
  );

  test(
    'can be requested through stdin, with another prefix',
    () => {
      const args = [
        '--no-warnings',
        '--import',
        'tsx',
        'cli/item.ts',
        'sentinel1',
        '-',
        '--href-prefix',
        's3://mine/x',
      ];

      const { status, stdout } = spawnSync(process.execPath, args, {
        input: `${GRANULE}\n\n`,
        encoding: 'utf8',
      });

      expect(status).toBe(0);
      expect(itemsIn(stdout)[0]?.assets['safe-manifest']?.href).toBe(
        `s3://mine/x/${NAME}/manifest.safe`,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'does not fail if the reader closes the pipe',
    () => {
      const command = `yes ${GRANULE} | head -200 | "$0" --no-warnings --import tsx cli/item.ts sentinel1 - | head -1 | wc -l`;

      const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath], {
        encoding: 'utf8',
      });

      expect(stdout.trim()).toBe('1');
      expect(stderr).toBe('');
    },
    TIMEOUT_MS,
  );

  test.each([
    ['no pipeline', [], /^item: missing argument <pipeline> \(known: /],
    ['no href', ['sentinel1'], /^item: missing argument <hrefs>/],
    ['an unknown option', ['sentinel1', 'x', '--prefix'], /unknown option/],
  ])(
    'with %s is rejected',
    async (_, args, sentence) => {
      const { code, stderr } = await runCli('item', args);

      expect(stderr).toMatch(sentence);
      expect(code).toBe(2);
    },
    TIMEOUT_MS,
  );
});

test('the granule of these tests exists', () => {
  expect(readFileSync(join(GRANULE, 'manifest.safe'), 'utf8')).toContain('xfdu');
});
