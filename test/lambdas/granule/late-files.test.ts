import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { GranuleError, ReadError, type FailureKind } from '../../../lambdas/runtime/errors.js';
import { s3EventBody } from '../../../lambdas/source/s3-event.js';
import type { GranuleSource } from '../../../lambdas/source/source.js';
import { MAX_RECEIVE_COUNT } from '../../../lambdas/granule/outcome.js';
import { exampleHandler, exampleItem, received, sqsRecord } from '../../support/granule.js';
import { memorySource } from '../../kit/memory-source.js';
import { readSource } from '../../kit/read-source.js';

const EVENT = s3EventBody('b', 'a/meta.xml');
const FOLDER = '{"name":"a"}';
const BACKFILL: Partial<SQSRecord> = {
  messageAttributes: { backfill: { stringValue: 'example', dataType: 'String' } },
};

type Read = (source: GranuleSource) => Promise<unknown>;

const readBoth: Read = async (source) => {
  await source.read('s3://b/a/meta.xml');
  await source.read('s3://b/a/grid.xml');
};

interface Given {
  readonly body: string;
  /** The files that exist. */
  readonly files?: readonly string[];
  readonly source?: GranuleSource;
  readonly read?: Read;
  readonly fields?: Partial<SQSRecord>;
}

/** Receives the message until it is dead-lettered or posted. Resolves to the receive at which it was dead-lettered, and the reason. */
async function lastReceive({ body, files = [], read = readBoth, fields, ...given }: Given) {
  const source = given.source ?? memorySource(Object.fromEntries(files.map((file) => [file, 'x'])));
  for (let receive = 1; receive <= MAX_RECEIVE_COUNT; receive += 1) {
    const { run, dead, posted } = exampleHandler(
      {
        parseMessage: () => ({ href: 's3://b/a' }),
        createItem: async (granule) => {
          await read(granule.source);
          return exampleItem('a');
        },
      },
      { source },
    );
    await run([sqsRecord(body, { ...received(receive), ...fields })]);
    const [letter] = dead;
    if (letter !== undefined) return { receive, ...letter.reason.failure };
    if (posted.length > 0) return { receive, posted: posted.length };
  }
  return undefined;
}

describe('[N16] a file that does not exist', () => {
  const [meta, grid] = ['s3://b/a/meta.xml', 's3://b/a/grid.xml'];

  test('is waited for until the third receive, if it is another than that of the S3 event', async () => {
    expect(await lastReceive({ body: EVENT, files: [meta] })).toEqual({
      receive: 3,
      kind: 'transient',
      maxReceives: 3,
      name: 'ReadError',
      message: `${grid}: cannot be read: no such file`,
    });
  });

  test('is waited for, if it is the second of a folder', async () => {
    expect(await lastReceive({ body: FOLDER, files: [meta] })).toMatchObject({ receive: 3 });
  });

  test.each([
    ['the object of the S3 event', { body: EVENT, files: [grid] }],
    ['the first file that is read of a folder', { body: FOLDER, files: [grid] }],
    [
      'the first file of a folder, read again',
      { body: FOLDER, read: (source) => source.read(meta).catch(() => source.read(meta)) },
    ],
    ['the first file of a backfill', { body: FOLDER, files: [grid], fields: BACKFILL }],
    ['another file of a backfill', { body: FOLDER, files: [meta], fields: BACKFILL }],
    ['another file of an S3 event of a backfill', { body: EVENT, files: [meta], fields: BACKFILL }],
    [
      'the object of the S3 event, by its https URL',
      { body: EVENT, read: (source) => source.read('https://b.s3.amazonaws.com/a/meta.xml') },
    ],
  ] satisfies [string, Given][])('is a permanent failure, if it is %s', async (_, given) => {
    expect(await lastReceive(given)).toMatchObject({ receive: 1, kind: 'permanent' });
  });

  test.each([
    ['another key that ends like the object', s3EventBody('b', 'meta.xml'), 's3://b/a/meta.xml'],
    ['the same key in another bucket', EVENT, 's3://other/a/meta.xml'],
    ['the first file that is read, not the object of the event', EVENT, grid],
  ])('is waited for, if it is %s', async (_, body, href) => {
    const read: Read = (source) => source.read(href);

    expect(await lastReceive({ body, read })).toMatchObject({ receive: 3, kind: 'transient' });
  });

  test('is waited for, if the author wraps the error and keeps it as the cause', async () => {
    const read: Read = async (source) => {
      try {
        await readBoth(source);
      } catch (cause) {
        const href = 's3://b/a';
        throw new GranuleError(`${href}: ${String(cause)}`, { href }, { cause });
      }
    };
    const given = { body: EVENT, files: [meta], read };

    expect(await lastReceive(given)).toMatchObject({ receive: 3, name: 'GranuleError' });
  });

  test('is waited for likewise if it is downloaded', async () => {
    const read: Read = async (source) => {
      await source.download(meta, join(tmpdir(), 'late-files-meta.xml'));
      await source.download(grid, join(tmpdir(), 'late-files-grid.xml'));
    };

    expect(await lastReceive({ body: EVENT, files: [meta], read })).toMatchObject({ receive: 3 });
    expect(await lastReceive({ body: EVENT, read })).toMatchObject({ receive: 1 });
    expect(await lastReceive({ body: FOLDER, files: [meta], read })).toMatchObject({ receive: 3 });
  });

  test('may arrive meanwhile, and then its Item is posted', async () => {
    let reads = 0;
    const source = readSource((href, range) => {
      if (href === grid) reads += 1;
      return memorySource({ [meta]: 'x', ...(reads > 1 && { [grid]: 'x' }) }).read(href, range);
    });

    expect(await lastReceive({ body: EVENT, source })).toEqual({ receive: 2, posted: 1 });
  });

  test('does not matter, if createItem does without it', async () => {
    const read: Read = (source) => source.read(grid).catch(() => undefined);

    expect(await lastReceive({ body: EVENT, read })).toEqual({ receive: 1, posted: 1 });
  });

  test('does not matter for another failure of the granule', async () => {
    const read: Read = async (source) => {
      await source.read(grid).catch(() => undefined);
      throw new GranuleError('no footprint', { href: 's3://b/a' });
    };

    expect(await lastReceive({ body: EVENT, read })).toMatchObject({ receive: 1 });
  });

  test('ends the process neither if createItem does not wait for it', async () => {
    const read: Read = async (source) => {
      void source.read(grid);
      await source.read(meta);
    };

    expect(await lastReceive({ body: EVENT, files: [meta], read })).toMatchObject({ posted: 1 });
  });
});

test.each<[string, FailureKind, number]>([
  ['too large', 'permanent', 1],
  ['busy', 'transient', MAX_RECEIVE_COUNT],
])('[N16] another file that is %s is a %s failure as before', async (reason, kind, receive) => {
  const source = readSource((href) =>
    Promise.reject(new ReadError(`${href}: ${reason}`, { href, kind })),
  );

  expect(await lastReceive({ body: EVENT, source })).toMatchObject({ receive, kind });
});

test('[N16] a granule that waits for a file does not take receives from another of its message', async () => {
  const records = (JSON.parse(EVENT) as { Records: unknown[] }).Records;
  const body = JSON.stringify({ Records: [...records, ...records] });
  let granules = 0;
  const read: Read = (source) => {
    granules += 1;
    if (granules % 2 === 0) throw new ReadError('busy', { href: 'x', kind: 'transient' });
    return source.read('s3://b/a/grid.xml');
  };

  expect(await lastReceive({ body, read })).toMatchObject({
    receive: MAX_RECEIVE_COUNT,
    message: 'busy',
  });
});
