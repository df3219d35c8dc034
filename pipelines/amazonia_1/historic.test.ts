import { describe, expect, test } from '@jest/globals';
import { KEYS } from '../../test/support/amazonia1/scene.js';
import { handler as app } from './app.js';
import { handler, itemIdOf, nextChunk, queryInventory, rowToMessageBody } from './historic.js';

test('the handler runs these functions', () => {
  expect(handler.pipeline).toEqual({ queryInventory, rowToMessageBody, nextChunk, itemIdOf });
});

test('the whole listing is read at once', () => {
  expect(queryInventory()).toBe("SELECT key FROM inventory WHERE key LIKE '%BAND2.xml'");
  expect(nextChunk()).toBeUndefined();
});

describe('a row', () => {
  test.each([
    KEYS.left,
    `${KEYS.left}  `,
    `2023-02-12 16:20:00      77982 ${KEYS.left}`,
    `2023-02-12 16:20:00   76.2 KiB ${KEYS.left}`,
  ])('of %j, as a listing may have it, becomes a message that the app understands', (key) => {
    const body = rowToMessageBody({ key });

    expect(body).toBe(KEYS.left);
    expect(itemIdOf({ key })).toBe('AMAZONIA_1_WFI_20230212_040_018_L4');
    expect(app.pipeline.parseMessage({ type: 'custom', body })).toEqual({
      href: `s3://brazil-eosats/${KEYS.left}`,
    });
  });

  test.each([
    ...[undefined, '', 'BAND2.xml', KEYS.left.replace('BAND2', 'BAND3')],
    ...[KEYS.left.replace('_BAND2.xml', '.png'), `CBERS4/${KEYS.left}`, `x ${KEYS.left}`],
    KEYS.left.replace('/AMAZONIA_1_WFI_20230212_040', '/AMAZONIA_1_WFI_20230213_040'),
  ])('of the key %s is skipped', (key) => {
    expect(rowToMessageBody({ key })).toBeUndefined();
    expect(itemIdOf({ key })).toBeUndefined();
  });
});
