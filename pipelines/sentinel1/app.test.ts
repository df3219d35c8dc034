import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseBody, type GranuleMessage } from '../../lambdas/granule/message.js';
import { fixtureText, hrefOf } from '../../test/support/sentinel1/granule.js';
import { handler } from './app.js';
import { createItem } from './item.js';

const { parseMessage } = handler.pipeline;

const PRODUCT = 'S1A_IW_GRDH_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E';
const PATH = `GRD/2023/3/14/IW/DV/${PRODUCT}`;

function custom(body: unknown): GranuleMessage {
  return { type: 'custom', body };
}

function object(key: string): GranuleMessage {
  return { type: 's3-object', bucket: 'other', key, href: `s3://other/${key}` };
}

test('the handler makes Items of the Collection sentinel1-grd', () => {
  expect(handler.pipeline).toMatchObject({ collectionId: 'sentinel1-grd', createItem });
});

describe('a message of the topic', () => {
  const bodies = readFileSync(new URL('./sample/messages.ndjson', import.meta.url), 'utf8').trim();
  const granules = bodies
    .split('\n')
    .flatMap((body) => parseBody(body).messages)
    .map(parseMessage);

  test('names the granule in the public bucket', () => {
    expect(granules.map((granule) => granule?.href)).toEqual([
      hrefOf('ordinary'),
      hrefOf('antimeridian'),
      hrefOf('single-pol'),
    ]);
  });

  test('passes its filenameMap on if it has one', () => {
    const { filenameMap } = JSON.parse(fixtureText('ordinary', 'productInfo.json')) as {
      filenameMap: unknown;
    };

    expect(granules[0]?.filenameMap).toEqual(filenameMap);
    expect(granules[2]).toEqual({ href: hrefOf('single-pol') });
  });
});

describe('a custom message', () => {
  test.each([PATH, `${PATH}/`])('may have only the path %s, as a backfill sends it', (path) => {
    expect(parseMessage(custom({ path }))).toEqual({ href: `s3://sentinel-s1-l1c/${PATH}` });
  });

  test.each(['SLC', 'RAW', 'OCN'])('of a product of type %s is skipped', (productType) => {
    expect(
      parseMessage(custom({ path: `${productType}/2023/3/14/x`, productType })),
    ).toBeUndefined();
  });

  test.each([[null], [['a']], [{ a: 1 }], ['a']])(
    'with the filenameMap %j is read as if it had none',
    (filenameMap) => {
      expect(parseMessage(custom({ path: PATH, filenameMap }))).toEqual({
        href: `s3://sentinel-s1-l1c/${PATH}`,
      });
    },
  );

  test.each([
    ...['', '/', 'GRD', 'GRD/', `/${PATH}`, `${PATH}/../../x`, 'GRD/./a', '../GRD/a', 'GRD//a'],
    ...[
      's3://bucket/GRD/a',
      'https://example.com/GRD/a',
      'SLC/2023/3/14/a',
      'GRD/a b',
      'GRD/a?b',
      'GRD\\a',
      'GRD/a\n',
    ],
  ])("with the path '%s' is an error that quotes the path", (path) => {
    const refused = () => parseMessage(custom({ path }));

    expect(refused).toThrow(expect.objectContaining({ name: 'MessageError', kind: 'permanent' }));
    expect(refused).toThrow(`(given '${path}')`);
  });

  test.each([[{}], [{ path: 1 }], [[]], [null], ['text'], [42], [{ id: PRODUCT }]])(
    '%j has no path of a product',
    (body) => {
      expect(() => parseMessage(custom(body))).toThrow(
        expect.objectContaining({ name: 'MessageError' }),
      );
    },
  );

  test('is quoted up to 200 characters', () => {
    const refused = () => parseMessage(custom('x'.repeat(100_000)));

    expect(refused).toThrow(/given 'x{199}\.\.\. \(\d+ characters\)/);
  });
});

describe('an S3 event', () => {
  test('of a manifest names its granule, in any bucket', () => {
    expect(parseMessage(object(`${PATH}/manifest.safe`))).toEqual({ href: `s3://other/${PATH}` });
  });

  test.each([`${PATH}/measurement/iw-vv.tiff`, 'manifest.safe', 'SLC/2023/x/manifest.safe'])(
    'of %s is an error',
    (key) => {
      expect(() => parseMessage(object(key))).toThrow(`given 's3://other/${key}'`);
    },
  );
});
