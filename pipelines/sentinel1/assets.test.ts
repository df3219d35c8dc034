import { describe, expect, test } from '@jest/globals';
import { hrefOf, replace, testGranule, type Edit } from '../../test/support/sentinel1/granule.js';
import { createItem } from './item.js';

const LISTED_FILE = /<fileLocation locatorType="URL" href="\.\/preview\/quick-look\.png"\/>/;
const notListed: Edit = replace(LISTED_FILE, '<fileLocation locatorType="URL" href="./a.html"/>');
const notMapped: Edit = replace(/"preview\/quick-look\.png": "preview\/quick-look\.png",/, '');
const mappedToNothing: Edit = replace('": "preview/quick-look.png"', '": ""');

async function thumbnailOf(
  ...granule: Parameters<typeof testGranule>
): Promise<string | undefined> {
  const { assets } = await createItem(testGranule(...granule));
  return assets['thumbnail']?.href;
}

describe('the thumbnail', () => {
  test.each([
    ['taken out', notMapped],
    ['mapped to nothing', mappedToNothing],
  ])(
    '[N09] is left out if the manifest does not list it and it is %s in the filenameMap',
    async (_, names) => {
      const edits = { 'manifest.safe': notListed, 'productInfo.json': names };

      expect(await thumbnailOf('ordinary', edits)).toBeUndefined();
    },
  );

  test('[N09] is left out of a SAFE folder whose manifest does not list it', async () => {
    expect(await thumbnailOf('safe', { 'manifest.safe': notListed })).toBeUndefined();
  });

  test('[N09] is left out if the manifest lists only another file with that ending', async () => {
    const edit = replace('./preview/quick-look.png', './preview/icons/quick-look.png');

    expect(await thumbnailOf('safe', { 'manifest.safe': edit })).toBeUndefined();
  });

  test.each([
    ['manifest', { 'productInfo.json': notMapped }],
    ['filenameMap', { 'manifest.safe': notListed }],
  ])('[N09] stays if the %s lists it', async (_, edits) => {
    expect(await thumbnailOf('ordinary', edits)).toBe(
      `${hrefOf('ordinary')}/preview/quick-look.png`,
    );
  });
});

const COG = 'image/tiff; application=geotiff; profile=cloud-optimized';
const GEOTIFF = 'image/tiff; application=geotiff';

describe('the media type of a measurement', () => {
  const safe = hrefOf('safe');

  test.each([
    [safe.replace('.SAFE', '_COG.SAFE'), COG],
    [`${safe.replace('.SAFE', '_COG.SAFE')}/manifest.safe`, COG],
    [safe.replace('5F90.SAFE', 'C0C0.SAFE'), GEOTIFF],
    [safe, GEOTIFF],
  ])('[N12] of %s is %s', async (href, type) => {
    const folder = href.replace('/manifest.safe', '');
    const { assets } = await createItem({ ...testGranule('safe', {}, folder), href });

    expect(Object.values(assets).flatMap((asset) => (asset['eo:bands'] ? asset.type : []))).toEqual(
      [type, type],
    );
  });

  test('[N12] is cloud-optimized for a file that says so in its own name', async () => {
    const edit = (text: string) => text.replaceAll('.tiff', '-cog.tiff');

    const { assets } = await createItem(testGranule('safe', { 'manifest.safe': edit }));

    expect([assets['hh']?.href.slice(-9), assets['hh']?.type]).toEqual(['-cog.tiff', COG]);
  });

  test('[N12] of the AWS layout stays cloud-optimized', async () => {
    const { assets } = await createItem(testGranule('ordinary'));

    expect([assets['vv']?.type, assets['vh']?.type]).toEqual([COG, COG]);
  });
});
