import { describe, expect, test } from '@jest/globals';
import type { GranuleMessage } from '../../lambdas/granule/message.js';
import { memorySource } from '../../test/kit/memory-source.js';
import { runBatch } from '../../test/kit/run-batch.js';
import { handler } from './app.js';
import { createItem } from './item.js';

const { parseMessage } = handler.pipeline;
const NAME = 'Copernicus_DSM_COG_10_N53_00_W115_00_DEM';
const HREF = `s3://copernicus-dem-30m/${NAME}/${NAME}.tif`;

function custom(body: unknown): GranuleMessage {
  return { type: 'custom', body };
}

function object(key: string): GranuleMessage {
  return { type: 's3-object', bucket: 'mine', key, href: `s3://mine/${key}` };
}

test('the handler makes Items of the Collection cop-dem-glo-30', () => {
  expect(handler.pipeline).toMatchObject({ collectionId: 'cop-dem-glo-30', createItem });
});

describe('a message', () => {
  test.each([
    [`${NAME}/${NAME}.tif`, HREF],
    [NAME, HREF],
    [`${NAME}\r\n`, HREF],
  ])('%j names the tile %s', (body, href) => {
    expect(parseMessage(custom(body))).toEqual({ href });
  });

  test.each([`${NAME}.tif`, ` ${NAME}.tif `, `${NAME}.tif/`, `PRE ${NAME}.tif`])(
    '[N04] %j names the object in the folder of the tile, because there is no other',
    (body) => {
      expect(parseMessage(custom(body))).toEqual({ href: HREF });
    },
  );

  test.each([
    ...[`${NAME}/`, `${NAME}//`, ` ${NAME}\t`, `                           PRE ${NAME}/`],
    `2021-04-22 10:00:00   41943040 ${NAME}.tif`,
    ...['   40.0 MiB', '    1.5 KiB', '    0 Bytes', '     1 Byte'].map(
      (size) => `2021-04-22 10:00:00 ${size} ${NAME}/${NAME}.tif`,
    ),
  ])('[N03] %j names the tile, as a line of aws s3 ls', (body) => {
    expect(parseMessage(custom(body))).toEqual({ href: HREF });
  });

  test('of a 90 m tile names it in the bucket of 90 m tiles', () => {
    const name = NAME.replace('_10_', '_30_');

    expect(parseMessage(custom(name))).toEqual({
      href: `s3://copernicus-dem-90m/${name}/${name}.tif`,
    });
  });

  test('of an S3 event names the object, in any bucket', () => {
    expect(parseMessage(object(`${NAME}/${NAME}.tif`))).toEqual({
      href: `s3://mine/${NAME}/${NAME}.tif`,
    });
  });

  test.each([
    ...['tileList.txt', `${NAME}.tiff`, `../${NAME}`, `../../other/${NAME}/${NAME}.tif`],
    ...[`/${NAME}`, `s3://other/${NAME}/${NAME}.tif`, `x/${NAME}.tif`],
    ...[`${NAME}/AUXFILES/${NAME.replace(/_DEM$/, '_EDM')}.tif`, 'x'],
  ])("'%s' is a permanent error that quotes it", (key) => {
    for (const message of [custom(key), object(key)]) {
      const last =
        key
          .split('/')
          .at(-1)
          ?.replace(/\.tif$/, '') ?? '';
      expect(() => parseMessage(message)).toThrow(
        expect.objectContaining({ kind: 'permanent', message: expect.stringContaining(last) }),
      );
    }
  });

  test.each([[{}], [{ key: NAME }], [[NAME]], [null], [53]])('%j is a permanent error', (body) => {
    expect(() => parseMessage(custom(body))).toThrow(
      expect.objectContaining({
        kind: 'permanent',
        message: `the message must be the key of a tile (given ${JSON.stringify(body)})`,
      }),
    );
  });
});

test('a message with a wrong name is dead-lettered with that name, and the next message is posted', async () => {
  const wrong = NAME.replace('N53', 'N5x');
  const { items, failed, dead } = await runBatch(handler, [wrong, NAME], {
    source: memorySource({}),
  });

  expect(items.map(({ id }) => id)).toEqual([NAME]);
  expect(failed).toEqual([]);
  expect(dead).toEqual([expect.objectContaining({ reason: expect.stringContaining(wrong) })]);
});
