import { describe, expect, test } from '@jest/globals';
import type { Item } from '../../../lambdas/stac/stac.js';
import {
  replace,
  testGranule,
  type Edit,
  type GranuleName,
} from '../../../test/support/sentinel1/granule.js';
import { createItem } from '../item.js';

function item(name: GranuleName, manifest?: Edit): Promise<Item> {
  return createItem(testGranule(name, manifest && { 'manifest.safe': manifest }));
}

function hrefs({ assets }: Item): Record<string, string> {
  const { href = '' } = assets['safe-manifest'] ?? {};
  const granule = href.slice(0, -'manifest.safe'.length);
  return Object.fromEntries(
    Object.entries(assets).map(([key, asset]) => [key, asset.href.slice(granule.length)]),
  );
}

function ring(coordinates: string): Edit {
  return replace(/<gml:coordinates>[^<]*/, `<gml:coordinates>${coordinates}`);
}

describe('8: what is not required does not fail', () => {
  const object = (name: string) => new RegExp(`<dataObject ID="\\w+">\\s*<byteStream[^>]*>\\s*<fileLocation[^>]*/${name}[^>]*>\\s*</byteStream>\\s*</dataObject>`, 'g'); // prettier-ignore

  test('an RFI file may be listed before its product', async () => {
    const edit = (text: string) => {
      const [rfi = ''] = object('rfi/rfi-[^"]*-vh-').exec(text) ?? [];
      return text.replace(rfi, '').replace('<dataObjectSection>', `<dataObjectSection>${rfi}`);
    };

    expect(hrefs(await item('ordinary', edit))).toEqual(hrefs(await item('ordinary')));
  });

  test.each([
    ['noise', 'calibration/noise-'],
    ['calibration', 'calibration/calibration-'],
    ['rfi', 'rfi/rfi-'],
  ])('without %s files those assets are left out', async (kind, name) => {
    const keys = Object.keys(hrefs(await item('ordinary', replace(object(name), ''))));

    expect(keys).toEqual(
      Object.keys(hrefs(await item('ordinary'))).filter((key) => !key.includes(kind)),
    );
  });

  test('coordinates may have any white space between them', async () => {
    const spaced = ring('\n 10,20\t10, 21 \r\n  11 ,21   11,20  \n');

    expect((await item('ordinary', spaced)).bbox).toEqual([20, 10, 21, 11]);
  });

  test('times may have no fraction, and a Z', async () => {
    const edit = (text: string) =>
      text
        .replace('05:27:11.204817<', '05:27:11<')
        .replace('05:27:36.203950<', '05:27:36.5Z<')
        .replace('07:02:55.000000"', '07:02:55Z"');

    expect((await item('ordinary', edit)).properties).toMatchObject({
      start_datetime: '2023-03-14T05:27:11Z',
      end_datetime: '2023-03-14T05:27:36.500000Z',
      datetime: '2023-03-14T05:27:23.750000Z',
      's1:processing_datetime': '2023-03-14T07:02:55Z',
    });
  });

  test.each([
    ['RFI', 'annotation/rfi/rfi-', 'schema-rfi-vh'],
    ['calibration', 'annotation/calibration/calibration-', 'schema-calibration-vh'],
    ['noise', 'annotation/calibration/noise-', 'schema-noise-vh'],
  ])(
    'a %s file without a name in the filenameMap is left out with a warning',
    async (_, prefix, key) => {
      const name = `${prefix}s1a-iw-grd-vh-20230314t052711-20230314t052736-047632-05b8a1-002.xml`;
      const granule = testGranule('ordinary', {
        'productInfo.json': replace(`"${name}"`, '"something else"'),
      });

      const files = hrefs(await createItem(granule));

      const others = Object.entries(hrefs(await item('ordinary'))).filter(([name]) => name !== key);
      expect(files).toEqual(Object.fromEntries(others));
      expect(granule.warnings).toEqual([expect.stringContaining(name)]);
    },
  );
});
