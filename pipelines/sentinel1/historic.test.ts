import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from '@jest/globals';
import {
  handler,
  itemIdOf,
  itemsOfChunk,
  nextChunk,
  queryInventory,
  rowToMessageBody,
} from './historic.js';

const PRODUCT = 'S1A_IW_GRDH_1SDV_20220402T052711_20220402T052736_042592_0514AB_3C7E';

test('the handler runs these functions', () => {
  expect(handler.pipeline).toEqual({
    queryInventory,
    rowToMessageBody,
    nextChunk,
    itemIdOf,
    itemsOfChunk,
  });
});

describe('the query of a chunk', () => {
  const key = (day: string, file = 'manifest.safe') => `GRD/${day}/IW/DV/${PRODUCT}/${file}`;

  async function keysOf(chunk: string | undefined, keys: readonly string[]): Promise<unknown[]> {
    const connection = await (await DuckDBInstance.create()).connect();
    const values = keys.map((text) => `('${text}')`).join(', ');
    await connection.run(`CREATE TABLE inventory AS SELECT * FROM (VALUES ${values}) AS t (key)`);
    const result = await connection.runAndReadAll(queryInventory({ chunk }));
    return result.getRows().map(([text]) => text);
  }

  test('is one SELECT for Athena and DuckDB', () => {
    expect(queryInventory({ chunk: '2022-04-02' })).toBe(
      "SELECT key FROM inventory WHERE key LIKE 'GRD/2022/4/2/%/manifest.safe'",
    );
  });

  test('finds only the manifests of that day: day 2 is not 20 to 29, nor 12, nor in month 14', async () => {
    const others = ['2022/4/20', '2022/4/29', '2022/4/12', '2022/14/2', '2021/4/2', '2022/4/3'];
    const keys = [
      key('2022/4/2'),
      key('2022/4/2', 'productInfo.json'),
      ...others.map((day) => key(day)),
    ];

    expect(await keysOf('2022-04-02', keys)).toEqual([key('2022/4/2')]);
    expect(await keysOf('2022-04-20', keys)).toEqual([key('2022/4/20')]);
  });

  test('finds all manifests if there is no chunk', async () => {
    const keys = [key('2022/4/2'), key('2021/12/31'), key('2021/12/31', 'preview/quick-look.png')];

    expect(await keysOf(undefined, keys)).toEqual([key('2022/4/2'), key('2021/12/31')]);
  });

  test.each(['2022-4-2', '2022-02-30', '2022-13-01', '20220402', "2022-04-02' OR '1'='1", ''])(
    "'%s' is an error, because it is not a day",
    (chunk) => {
      expect(() => queryInventory({ chunk })).toThrow(
        expect.objectContaining({
          name: 'ConfigurationError',
          message: expect.stringContaining(`given '${chunk}'`),
        }),
      );
    },
  );
});

describe('a row', () => {
  test("becomes a message in the form of the topic's", () => {
    const path = `GRD/2022/4/2/IW/DV/${PRODUCT}`;

    expect(rowToMessageBody({ key: `${path}/manifest.safe` })).toBe(`{"path":"${path}"}`);
  });

  test.each([
    undefined,
    '',
    'manifest.safe',
    `GRD/2022/4/2/IW/DV/${PRODUCT}/productInfo.json`,
    `GRD/2022/4/2/IW/DV/${PRODUCT}/support/manifest.safe`,
    `GRD/2022/4/2/IW/DV/manifest.safe`,
    `SLC/2022/4/2/IW/DV/${PRODUCT}/manifest.safe`,
    `x/GRD/2022/4/2/IW/DV/${PRODUCT}/manifest.safe`,
  ])('of the key %s is skipped', (key) => {
    expect(rowToMessageBody({ key })).toBeUndefined();
  });
});

describe('the id of the Item of a row', () => {
  const idOf = (name: string) => itemIdOf({ key: `GRD/2022/4/2/IW/DV/${name}/manifest.safe` });

  test.each([PRODUCT, PRODUCT.replace('3C7E', 'A04B'), `${PRODUCT}_COG`, `${PRODUCT}.SAFE`])(
    'is that of %s without the unique id, so that versions of a product share it',
    (name) => {
      expect(idOf(name)).toBe('S1A_IW_GRDH_1SDV_20220402T052711_20220402T052736_042592_0514AB');
    },
  );

  test.each([PRODUCT.replace('GRDH', 'SLC_'), PRODUCT.replace('GRDH', 'GRDX'), 'readme'])(
    'is undefined for %s, which is not a GRD product',
    (name) => {
      expect(idOf(name)).toBeUndefined();
    },
  );

  test.each([undefined, '', `GRD/2022/4/2/IW/DV/${PRODUCT}/productInfo.json`])(
    'is undefined for the key %s, which becomes no message',
    (key) => {
      expect(itemIdOf({ key })).toBeUndefined();
    },
  );
});

describe('the Items of a chunk', () => {
  const ID = 'S1A_IW_GRDH_1SDV_20220402T235950_20220403T000015_042592_0514AB';

  test('are those whose acquisition starts on the day, even if its middle is on the next', () => {
    const { from, to, includes } = itemsOfChunk('2022-04-02');

    expect({ from, to }).toEqual({ from: '2022-04-02T00:00:00Z', to: '2022-04-03T01:00:00Z' });
    expect(includes?.(ID)).toBe(true);
    expect(includes?.(ID.replace('20220402', '20220401'))).toBe(false);
    expect(includes?.(ID.replace('20220402', '20220403'))).toBe(false);
  });

  test('of a text that is not a day are an error', () => {
    expect(() => itemsOfChunk('2022-4-2')).toThrow("given '2022-4-2'");
  });
});

describe('the next chunk', () => {
  test.each([
    ['2022-04-20', '2022-04-19'],
    ['2022-03-01', '2022-02-28'],
    ['2020-03-01', '2020-02-29'],
    ['2022-01-01', '2021-12-31'],
    // Nights in which daylight saving time starts or ends.
    ['2022-03-28', '2022-03-27'],
    ['2022-10-31', '2022-10-30'],
    ['2014-10-04', '2014-10-03'],
    ['2014-10-03', undefined],
    ['2014-01-01', undefined],
  ])('after %s is %s', (chunk, next) => {
    expect(nextChunk(chunk)).toBe(next);
  });

  test('reaches the first acquisition, one day at a time', () => {
    let days = 0;
    for (let day: string | undefined = '2022-04-20'; day !== undefined; day = nextChunk(day))
      days += 1;

    expect(days).toBe((Date.UTC(2022, 3, 20) - Date.UTC(2014, 9, 3)) / 86_400_000 + 1);
  });
});
