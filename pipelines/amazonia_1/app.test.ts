import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { memorySource } from '../../test/kit/memory-source.js';
import { s3Event, snsEnvelope } from '../../test/kit/records.js';
import { runBatch } from '../../test/kit/run-batch.js';
import { BUCKET, KEYS, testScene } from '../../test/support/amazonia1/scene.js';
import { handler } from './app.js';

const { parseMessage } = handler.pipeline;
const QUICKLOOK =
  'AMAZONIA1/WFI/040/018/AMAZONIA_1_WFI_20230212_040_018_L4/AMAZONIA_1_WFI_20230212_040_018.png';

function object(key: string, bucket = 'brazil-eosats') {
  return { type: 's3-object', bucket, key, href: `s3://${bucket}/${key}` } as const;
}

describe('a message', () => {
  test.each([QUICKLOOK, KEYS.left, KEYS.both])('of the object %s names its scene', (key) => {
    expect(parseMessage(object(key))).toEqual({ href: `${BUCKET}/${key}` });
    expect(parseMessage({ type: 'custom', body: key })).toEqual({ href: `${BUCKET}/${key}` });
  });

  test('of an object in another bucket names that', () => {
    expect(parseMessage(object(QUICKLOOK, 'amazonia-pds'))).toEqual({
      href: `s3://amazonia-pds/${QUICKLOOK}`,
    });
  });

  test.each([
    KEYS.left.replace('BAND2.xml', 'BAND2.tif'),
    KEYS.left.replace('BAND2', 'BAND3'),
    QUICKLOOK.replace('.png', '_small.png'),
  ])('of another file of a scene, %s, is skipped', (key) => {
    expect(parseMessage(object(key))).toBeUndefined();
  });

  test.each([
    ...['', 'x', `/${QUICKLOOK}`, `../${QUICKLOOK}`, QUICKLOOK.replace('040', '40')],
    ...[QUICKLOOK.replace('AMAZONIA1/', 'CBERS4/'), `AMAZONIA1/WFI/040/018/${KEYS.left}`],
  ])('of the key %j is a permanent error that quotes it', (key) => {
    for (const message of [object(key), { type: 'custom', body: key } as const])
      expect(() => parseMessage(message)).toThrow(
        expect.objectContaining({ kind: 'permanent', message: expect.stringContaining(key) }),
      );
  });

  test.each([[{}], [[KEYS.left]], [null], [7], [KEYS.left.replace('BAND2', 'BAND3')]])(
    'with the body %j is a permanent error',
    (body) => {
      expect(() => parseMessage({ type: 'custom', body })).toThrow(
        expect.objectContaining({
          kind: 'permanent',
          message: `the message must be the key of a scene's metadata (given ${JSON.stringify(body)})`,
        }),
      );
    },
  );
});

test("the topic's notification becomes an Item", async () => {
  const { source } = testScene('left');
  const body = snsEnvelope(s3Event('brazil-eosats', QUICKLOOK));

  const { items, failed, dead } = await runBatch(handler, [body], { source });

  expect(items).toMatchObject([
    { id: 'AMAZONIA_1_WFI_20230212_040_018_L4', collection: 'AMAZONIA1-WFI' },
  ]);
  expect({ failed, dead }).toEqual({ failed: [], dead: [] });
});

test('a quicklook that arrives before the metadata is tried again', async () => {
  const body = snsEnvelope(s3Event('brazil-eosats', QUICKLOOK));

  const { items, failed, dead } = await runBatch(handler, [body], { source: memorySource({}) });

  expect({ items, dead }).toEqual({ items: [], dead: [] });
  expect(failed).toHaveLength(1);
});

test('the messages of the sample name the scenes of the sample', () => {
  const lines = readFileSync(join(import.meta.dirname, 'sample/messages.ndjson'), 'utf8');

  for (const key of [QUICKLOOK, KEYS.both.replace('_L4_BAND2.xml', '.png')])
    expect(lines).toContain(key);
});
