import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { placeAssets } from '../../../lambdas/outputs/place-assets.js';
import { granuleOutput } from '../../../lambdas/outputs/writer.js';
import { failureOf } from '../../../lambdas/runtime/errors.js';
import type { Asset } from '../../../lambdas/stac/stac.js';
import { exampleItem } from '../../support/granule.js';

const folder = mkdtempSync(join(tmpdir(), 'place-'));
const [input, outputFolder] = [join(folder, 'in'), join(folder, 'out')];
mkdirSync(join(input, '2024/06'), { recursive: true });
mkdirSync(join(outputFolder, 'deep'), { recursive: true });
writeFileSync(join(input, '2024/06/sst.nc'), 'granule');
writeFileSync(join(outputFolder, 'sst.tif'), 'copy');
writeFileSync(join(outputFolder, 'deep/ice.tif'), 'copy of ice');
symlinkSync(folder, `${folder}-link`);

const files = {
  href: 's3://bucket/2024/06/sst.nc',
  file: join(input, '2024/06/sst.nc'),
  input,
  output: outputFolder,
};

function placed(assets: Readonly<Record<string, Asset>>, { isConfigured = true, ...others } = {}) {
  const uploads: unknown[] = [];
  const store = {
    put: (content: unknown, { name, type }: { name: string; type: string }) => {
      uploads.push([content, name, type]);
      return Promise.resolve(`s3://copies/${name}`);
    },
  };
  const output = granuleOutput({ store: isConfigured ? store : undefined, collectionId: 'sst' });
  const item = exampleItem('a b', { assets });
  return placeAssets(item, { ...files, ...others }, output).then((made) => ({ made, uploads }));
}

const hrefsOf = async (assets: Readonly<Record<string, Asset>>, others = {}) => {
  const { made } = await placed(assets, others);
  return Object.fromEntries(Object.entries(made.assets).map(([key, { href }]) => [key, href]));
};
const reason = async (assets: Readonly<Record<string, Asset>>, others = {}) =>
  failureOf(await placed(assets, others).catch((thrown: unknown) => thrown));

describe('the assets of an Item', () => {
  test('that are downloaded files get their hrefs back, also beside and above the granule', async () => {
    expect(
      await hrefsOf({
        granule: { href: files.file },
        url: { href: pathToFileURL(files.file).href },
        beside: { href: join(input, '2024/06/sst.txt') },
        above: { href: join(input, '2024/index.txt') },
        remote: { href: 'https://example.com/a.tif' },
      }),
    ).toEqual({
      granule: 's3://bucket/2024/06/sst.nc',
      url: 's3://bucket/2024/06/sst.nc',
      beside: 's3://bucket/2024/06/sst.txt',
      above: 's3://bucket/2024/index.txt',
      remote: 'https://example.com/a.tif',
    });
  });

  test('of a granule with a query keep it for the granule alone', async () => {
    const href = 'https://example.com/2024/06/sst.nc?versionId=1';

    expect(
      await hrefsOf(
        { granule: { href: files.file }, beside: { href: join(input, '2024/06/sst.txt') } },
        { href },
      ),
    ).toEqual({ granule: href, beside: 'https://example.com/2024/06/sst.txt' });
  });

  test('that were made are written, with size, checksum and the extension', async () => {
    const cog = 'image/tiff; application=geotiff; profile=cloud-optimized';
    const { made, uploads } = await placed({
      sst: { href: join(outputFolder, 'sst.tif'), type: cog, 'file:size': 7 },
      ice: { href: join(`${folder}-link`, 'out/deep/ice.tif') },
    });
    const checksum = (text: string) => `1220${createHash('sha256').update(text).digest('hex')}`;

    expect(made.assets).toEqual({
      sst: {
        href: 's3://copies/sst/a%20b/sst.tif',
        type: cog,
        'file:size': 4,
        'file:checksum': checksum('copy'),
      },
      ice: {
        href: 's3://copies/sst/a%20b/deep/ice.tif',
        'file:size': 11,
        'file:checksum': checksum('copy of ice'),
      },
    });
    expect(made.stac_extensions).toContain(
      'https://stac-extensions.github.io/file/v2.1.0/schema.json',
    );
    expect(uploads).toEqual([
      [join(outputFolder, 'sst.tif'), 'sst/a%20b/sst.tif', cog],
      [
        join(`${folder}-link`, 'out/deep/ice.tif'),
        'sst/a%20b/deep/ice.tif',
        'image/tiff; application=geotiff',
      ],
    ]);
  });

  test('are all named if they would be lost with this machine, before anything is written', async () => {
    const failure = await reason({
      good: { href: join(outputFolder, 'sst.tif') },
      elsewhere: { href: '/etc/passwd' },
      up: { href: join(outputFolder, '../secret') },
      missing: { href: join(outputFolder, 'missing.tif') },
      relative: { href: './sst.tif' },
    });

    expect(failure).toMatchObject({ kind: 'permanent', name: 'GranuleError' });
    expect(failure.message.split('; ')).toEqual([
      "s3://bucket/2024/06/sst.nc: asset 'elsewhere' is /etc/passwd, a file of this machine, outside of the folder for outputs",
      `asset 'up' is ${join(folder, 'secret')}, a file of this machine, outside of the folder for outputs`,
      `asset 'missing' is ${join(outputFolder, 'missing.tif')}, but there is no such file`,
      "asset 'relative' is ./sst.tif, a relative href, which nothing can follow",
    ]);
  });

  test('that were made need outputs in config.yaml', async () => {
    const { message } = await reason(
      { sst: { href: join(outputFolder, 'sst.tif') } },
      { isConfigured: false },
    );

    expect(message).toContain('a file that was made with the Item, but config.yaml has no outputs');
  });

  test('are never downloaded files if the package read the href itself', async () => {
    const { message } = await reason({ granule: { href: files.file } }, { file: undefined });

    expect(message).toContain('outside of the folder for outputs');
  });

  test.each([[undefined], [null], ['text'], [{ a: null }], [{ a: { href: 7 } }]])(
    'that are %j are left to the validation',
    async (assets) => {
      const { made } = await placed(assets as never);

      expect(made.assets).toEqual(assets);
    },
  );
});
