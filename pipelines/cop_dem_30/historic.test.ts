import { describe, expect, test } from '@jest/globals';
import { handler, itemIdOf, nextChunk, queryInventory, rowToMessageBody } from './historic.js';

const NAME = 'Copernicus_DSM_COG_10_N53_00_W115_00_DEM';

test('the handler runs these functions', () => {
  expect(handler.pipeline).toEqual({ queryInventory, rowToMessageBody, nextChunk, itemIdOf });
});

test('the whole list is read at once', () => {
  expect(queryInventory()).toBe('SELECT key FROM inventory');
  expect(nextChunk()).toBeUndefined();
});

describe('a row', () => {
  test.each([NAME, `${NAME}/${NAME}.tif`, `${NAME}.tif`, NAME.replace('N53', 'N5x')])(
    'of %s becomes a message, which is the key itself',
    (key) => {
      expect(rowToMessageBody({ key })).toBe(key);
    },
  );

  test.each([
    [`${NAME}/`, NAME],
    [`PRE ${NAME}/`, NAME],
    [`  PRE ${NAME}/  `, NAME],
    [`${NAME}  `, NAME],
    [`2021-04-22 10:00:00   41943040 ${NAME}/${NAME}.tif`, `${NAME}/${NAME}.tif`],
    [`2021-04-22 10:00:00   40.0 MiB ${NAME}/${NAME}.tif`, `${NAME}/${NAME}.tif`],
  ])('[N03] of %j, as aws s3 ls prints it, becomes a message with its key', (key, body) => {
    expect(rowToMessageBody({ key })).toBe(body);
  });

  test.each([
    ...[undefined, '', 'tileList.txt', 'readme.html', `${NAME}/info.txt`, 'PRE x/'],
    ...[`${NAME}/PREVIEW/${NAME}_QL.tif`, `${NAME}/AUXFILES/${NAME.replace(/DEM$/, 'EDM')}.tif`],
  ])('of the key %s is skipped', (key) => {
    expect(rowToMessageBody({ key })).toBeUndefined();
  });
});

describe('the id of the Item of a row', () => {
  test.each([
    NAME,
    `${NAME}/`,
    `${NAME}/${NAME}.tif`,
    `${NAME}.tif`,
    `                           PRE ${NAME}/`,
    `2024-05-01 10:12:00   38 MiB ${NAME}.tif`,
  ])('of %s is the name of the tile', (key) => {
    expect(itemIdOf({ key })).toBe(NAME);
  });

  test.each([undefined, '', 'readme.html', NAME.replace('N53', 'N5x'), `other/${NAME}.tif`])(
    'of %s is undefined, because it makes no Item',
    (key) => {
      expect(itemIdOf({ key })).toBeUndefined();
    },
  );
});
