import { describe, expect, test } from '@jest/globals';
import { makeGranule, makeItem, type CreatedItems } from '../../../lambdas/granule/items.js';
import { MAX_RECEIVE_COUNT } from '../../../lambdas/granule/outcome.js';
import { GranuleError, IngestorError } from '../../../lambdas/runtime/errors.js';
import type { Item } from '../../../lambdas/stac/stac.js';
import { memorySource } from '../../kit/memory-source.js';
import { runBatch } from '../../kit/run-batch.js';
import { exampleHandler, exampleItem, received, sqsRecord } from '../../support/granule.js';
import { readSource } from '../../kit/read-source.js';

const source = readSource();

function make(created: CreatedItems | Promise<CreatedItems>): Promise<readonly Item[]> {
  const pipeline = { collectionId: 'example', createItem: () => created };
  return makeGranule(pipeline, { href: 's3://b/granule' }, { source, warn: () => undefined });
}

const [a, b] = [exampleItem('a'), exampleItem('b')];

describe('[N26] createItem may return', () => {
  test.each<[string, CreatedItems | Promise<CreatedItems>, readonly string[]]>([
    ['an Item', a, ['a']],
    ['a promise of an Item', Promise.resolve(a), ['a']],
    ['a list', [a, b], ['a', 'b']],
    ['a promise of a list', Promise.resolve([b, a]), ['b', 'a']],
    ['a list of one', [a], ['a']],
    ['an empty list', [], []],
  ])('%s', async (_, created, ids) => {
    const items = await make(created);

    expect(items.map(({ id }) => id)).toEqual(ids);
    for (const { collection } of items) expect(collection).toBe('example');
  });

  test.each<[string, unknown, string]>([
    [
      'two Items with the same id',
      [a, b, exampleItem('a')],
      "The list returned by createItem cannot be posted: several of its 3 Items have the id 'a'",
    ],
    [
      'a list that holds something else',
      [a, undefined],
      'The value returned by createItem is not valid STAC: undefined is not an Item',
    ],
    [
      'an Item of another Collection in a list',
      [a, exampleItem('b', { collection: 'other' })],
      "Item 'b' is not valid STAC: collection: is 'other', but the pipeline's Collection is 'example'",
    ],
    ['an invalid Item in a list', [a, exampleItem('')], 'is not valid STAC: id: '],
  ])('but not %s', async (_, created, message) => {
    await expect(make(created as CreatedItems)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message) as unknown,
    });
  });

  test('an error that it throws before it returns', async () => {
    const { run, dead } = exampleHandler({
      createItem: ({ href }) => {
        throw new GranuleError(`${href}: no tile`, { href });
      },
    });
    await run([sqsRecord({ name: 'a' })]);

    expect(dead[0]?.reason.failure).toMatchObject({ kind: 'permanent', message: 'a: no tile' });
  });
});

describe('[N26] makeItem is for a granule with one Item', () => {
  const one = (created: CreatedItems) =>
    makeItem(
      { collectionId: 'example', createItem: () => created },
      { href: 's3://b/granule' },
      { source, warn: () => undefined },
    );

  test('of a list too', async () => {
    expect((await one([a])).id).toBe('a');
  });

  test.each<[CreatedItems, string]>([
    [[], 'no Item'],
    [[a, b], '2 Items'],
  ])('%j is refused', async (created, count) => {
    await expect(one(created)).rejects.toThrow(
      `s3://b/granule must have exactly one Item: createItem returned ${count}`,
    );
  });
});

describe('[N26] the Items of one granule', () => {
  const two = ({ href }: { readonly href: string }): Item[] => [
    exampleItem(`${href}-1`),
    exampleItem(`${href}-2`),
  ];

  test('are all posted, and named in the log line of their message', async () => {
    const { run, posted, lines } = exampleHandler({ createItem: two });

    expect(await run([sqsRecord({ name: 'a' }), sqsRecord({ name: 'b' })])).toEqual([]);
    expect(posted.map(({ id }) => id).sort()).toEqual(['a-1', 'a-2', 'b-1', 'b-2']);
    expect(lines.map(({ fields }) => fields?.['itemId'])).toEqual([
      ['a-1', 'a-2'],
      ['b-1', 'b-2'],
    ]);
  });

  test('share the outcome of their message: the dead letter names the one that was not posted', async () => {
    const { run, dead } = exampleHandler(
      { createItem: two },
      {
        postItem: ({ id }) =>
          id === 'a-2'
            ? Promise.reject(new IngestorError('POST responded 422', { kind: 'permanent' }))
            : Promise.resolve(),
      },
    );
    await run([sqsRecord({ name: 'a' }), sqsRecord({ name: 'b' })]);

    expect(dead).toHaveLength(1);
    expect(dead[0]).toMatchObject({ body: '{"name":"a"}', reason: { itemId: 'a-2' } });
  });

  test('are not posted if one of them is invalid', async () => {
    const { run, posted, dead } = exampleHandler({ createItem: () => [a, exampleItem('')] });
    await run([sqsRecord({ name: 'a' })]);

    expect(posted).toEqual([]);
    expect(dead).toHaveLength(1);
  });

  test('of an empty list skip the message, also on its last receive, and are logged', async () => {
    const { run, posted, dead, lines } = exampleHandler({ createItem: () => [] });

    expect(await run([sqsRecord({ name: 's3://b/a' }, received(MAX_RECEIVE_COUNT))])).toEqual([]);
    expect([posted, dead]).toEqual([[], []]);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'granule skipped: it has no Items',
        fields: { href: 's3://b/a' },
      },
      expect.objectContaining({
        fields: expect.objectContaining({ outcome: 'skipped' }) as unknown,
      }),
    ]);
  });

  test('[N01] of an empty list skip a message of the backfill too, since it names a granule', async () => {
    const { run, dead, lines } = exampleHandler({ createItem: () => [] });
    const backfill = { stringValue: 'example', dataType: 'String' as const };

    expect(await run([sqsRecord({ name: 'a' }, { messageAttributes: { backfill } })])).toEqual([]);
    expect(dead).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ fields: { outcome: 'skipped' } });
  });

  test('are in the result of the kit', async () => {
    const { handler } = exampleHandler({ createItem: two });

    const { items, dead } = await runBatch(handler, [{ name: 'a' }], { source: memorySource({}) });

    expect(items.map(({ id }) => id)).toEqual(['a-1', 'a-2']);
    expect(dead).toEqual([]);
  });
});
