import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { historicHandler, type HistoricHandler } from '../../../lambdas/historic-handler.js';
import type { RefusedInput } from '../../../local/input/message-feed.js';
import { inventoryInput } from '../../../local/inventory/input.js';
import { writeSampleInventory } from '../../../local/inventory/sample-inventory.js';

const handler = historicHandler({
  queryInventory: () => "SELECT key FROM inventory WHERE key LIKE '%.xml' ORDER BY key",
  rowToMessageBody: ({ key }) => (key?.startsWith('skip') ? undefined : JSON.stringify({ key })),
  nextChunk: () => undefined,
});
const refusing = historicHandler({
  ...handler.pipeline,
  rowToMessageBody: (row) => {
    if (row['key']?.startsWith('bad')) throw new Error('no date in it');
    return handler.pipeline.rowToMessageBody(row);
  },
});
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inventory-'));
  mkdirSync(join(folder, 'bucket/a b'), { recursive: true });
  for (const key of ['a b/ä+1.xml', 'b.xml', 'c.tif', 'skip.xml'])
    writeFileSync(join(folder, 'bucket', key), 'x');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function reportAt(target: string) {
  return { bucket: 'bucket', columns: ['bucket', 'key', 'size'], target };
}

interface Reported {
  readonly sent: unknown[];
  readonly letters: RefusedInput[];
  readonly notes: string[];
  readonly faults: string[];
}

/** What the inventory gives with a pipeline, and what it reports beside its messages. */
async function reported(
  location: string,
  { limit = Infinity, name, pipeline = handler }: Partial<ReportedOptions> = {},
): Promise<Reported> {
  const all: Reported = { sent: [], letters: [], notes: [], faults: [] };
  const input = await inventoryInput({
    pipelineId: 'example',
    handler: pipeline,
    location,
    name,
    workFolder: join(folder, 'work'),
  });
  await input(
    ({ body }) => {
      if (all.sent.length >= limit) return Promise.resolve(false);
      all.sent.push(JSON.parse(body));
      return Promise.resolve(true);
    },
    {
      refuse: (letter) => all.letters.push(letter),
      note: (line) => all.notes.push(line),
      fail: (reason) => all.faults.push(reason),
    },
  );
  return all;
}

interface ReportedOptions {
  readonly limit: number;
  readonly name: string | undefined;
  readonly pipeline: HistoricHandler;
}

async function sentFrom(location: string, limit = Infinity, name?: string): Promise<unknown[]> {
  return (await reported(location, { limit, name })).sent;
}

describe('an inventory on disk', () => {
  test('is queried by the handler of the backfill, with any characters in its keys', async () => {
    const location = join(folder, 'inventory');
    await writeSampleInventory(join(folder, 'bucket'), reportAt(location));

    expect(await sentFrom(location)).toEqual([{ key: 'a b/ä+1.xml' }, { key: 'b.xml' }]);
  });

  test('may be a listing of keys', async () => {
    const listing = join(folder, 'keys.txt');
    writeFileSync(listing, 'x.xml\ny.xml\nz.tif\n');

    expect(await sentFrom(listing)).toEqual([{ key: 'x.xml' }, { key: 'y.xml' }]);
    expect(await sentFrom(listing, 1)).toEqual([{ key: 'x.xml' }]);
  });

  test('[N03] of rows that all are skipped is an error that counts them', async () => {
    const listing = join(folder, 'skipped.txt');
    writeFileSync(listing, 'skip-1.xml\nskip-2.xml\n');

    await expect(sentFrom(listing)).rejects.toThrow(
      /skipped\.txt' has no row that rowToMessageBody accepts: 2 rows, 0 messages sent, 2 skipped$/,
    );
  });

  test.each([
    ['utf16.txt', 'UTF-16LE', Buffer.from('\ufeffx.xml\r\n', 'utf16le')],
    ['unmarked.txt', 'UTF-16LE', Buffer.from('x.xml\n', 'utf16le')],
    ['big.csv', 'UTF-16BE', Buffer.from('\ufeffx.xml\n', 'utf16le').swap16()],
    ['unmarked-big.txt', 'UTF-16BE', Buffer.from('x.xml\n', 'utf16le').swap16()],
    ['packed.txt.gz', 'UTF-16LE', gzipSync(Buffer.from('\ufeffx.xml\n', 'utf16le'))],
  ])('is an error that says so if the listing %s is in %s', async (name, encoding, bytes) => {
    const listing = join(folder, name);
    writeFileSync(listing, bytes);

    await expect(sentFrom(listing)).rejects.toThrow(
      `--inventory '${listing}' is in ${encoding}, and a listing must be in UTF-8: convert it, for example with iconv -f ${encoding} -t UTF-8`,
    );
  });

  test('may be a listing in UTF-8 with a byte order mark', async () => {
    const listing = join(folder, 'marked.txt');
    writeFileSync(listing, '\ufeffx.xml\r\n');

    expect(await sentFrom(listing)).toEqual([{ key: 'x.xml' }]);
  });

  test('names the line of a listing that is not UTF-8, without what DuckDB says about its options', async () => {
    const listing = join(folder, 'latin1.txt');
    writeFileSync(listing, Buffer.from('x.xml\nä.xml\n', 'latin1'));

    await expect(sentFrom(listing)).rejects.toThrow(
      new RegExp(
        `failed: line 2 of ${listing} is not valid UTF-8: convert the file to UTF-8, for example with iconv$`,
      ),
    );
  });

  test.each([
    ['hive/dt=2024-01-01-01-00/symlink.txt'],
    ['2024-01-01T01-00Z/manifest.json'],
    ['2024-01-01T01-00Z'],
    ['data'],
    ['data/bucket-0.csv.gz'],
  ])('[N36] is not read as a listing if --inventory names %s', async (part) => {
    const inventory = join(folder, 'inventory');
    await writeSampleInventory(join(folder, 'bucket'), reportAt(inventory));

    await expect(sentFrom(join(inventory, part))).rejects.toThrow(
      `--inventory '${join(inventory, part)}' is a part of an S3 Inventory report: pass the inventory's folder, '${inventory}'`,
    );
  });

  test('[N36] may be a listing in a folder named data that belongs to no inventory', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/keys.csv'), 'x.xml\n');

    expect(await sentFrom(join(folder, 'data/keys.csv'))).toEqual([{ key: 'x.xml' }]);
  });

  test('that does not exist, or has no report or no matching row, is an error', async () => {
    await expect(sentFrom(join(folder, 'gone'))).rejects.toThrow(/does not exist/);
    await expect(sentFrom(join(folder, 'bucket/c.tif'))).rejects.toThrow(
      /c\.tif' is not an inventory folder or a listing \(.*\)$/,
    );
    await expect(sentFrom(join(folder, 'bucket'))).rejects.toThrow(/no partition/);
    writeFileSync(join(folder, 'none.txt'), 'z.tif\n');
    await expect(sentFrom(join(folder, 'none.txt'))).rejects.toThrow(
      /^--inventory '.*none\.txt' has no row that queryInventory selects \(called with an undefined chunk, for the whole inventory\)$/,
    );
  });

  test('[N02] reports rows that are refused, their counts, and that it is not complete', async () => {
    writeFileSync(join(folder, 'keys.txt'), 'a.xml\nbad.xml\nskip.xml\n');

    const all = await reported(join(folder, 'keys.txt'), { pipeline: refusing });

    expect(all).toEqual({
      sent: [{ key: 'a.xml' }],
      letters: [
        {
          body: '{"refused_row":{"key":"bad.xml","report":"' + join(folder, 'keys.txt') + '"}}',
          attributes: expect.objectContaining({
            refused_row: 'bad.xml',
            reason: 'rowToMessageBody: no date in it',
          }) as unknown,
        },
      ],
      notes: ['inventory: 3 rows, 1 messages sent, 1 skipped, 1 refused'],
      faults: [expect.stringContaining("the first 'bad.xml': rowToMessageBody: no date in it")],
    });
  });

  test('[N02] is complete if less than 1 % of its rows are refused', async () => {
    const keys = Array.from({ length: 200 }, (_, index) => `${index}.xml`);
    writeFileSync(join(folder, 'keys.txt'), [...keys, 'bad.xml'].join('\n'));

    const all = await reported(join(folder, 'keys.txt'), { pipeline: refusing });

    expect(all).toMatchObject({
      letters: [{ attributes: { refused_row: 'bad.xml' } }],
      notes: ['inventory: 201 rows, 200 messages sent, 1 refused'],
      faults: [],
    });
  });

  test.each([
    ['throws for every row', 'SELECT key FROM inventory', '2 of 2 rows'],
    ['gets other columns than it reads', 'SELECT key AS k FROM inventory', "selects 'k'"],
  ])('[N02] is an error if the pipeline %s', async (_, select, reason) => {
    writeFileSync(join(folder, 'keys.txt'), 'bad-1.xml\nbad-2.xml\n');
    const pipeline = historicHandler({ ...refusing.pipeline, queryInventory: () => select });

    await expect(reported(join(folder, 'keys.txt'), { pipeline })).rejects.toThrow(reason);
  });

  test('is called by its name in an error, so that a sample is not an option that was never given', async () => {
    writeFileSync(join(folder, 'none.txt'), 'z.tif\n');

    await expect(sentFrom(join(folder, 'none.txt'), 1, 'the sample')).rejects.toThrow(
      /^the sample has no row that queryInventory selects/,
    );
  });
});
