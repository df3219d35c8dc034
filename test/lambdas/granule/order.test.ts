import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ingestor } from '../../../lambdas/ingestor/client.js';
import { startFakeIngestor, type FakeIngestor } from '../../kit/fake-ingestor.js';
import { exampleCollection } from '../../support/collection.js';
import { exampleHandler, exampleItem, sqsRecord } from '../../support/granule.js';

let fake: FakeIngestor;

beforeEach(async () => {
  fake = await startFakeIngestor({ requireCollection: true });
});

afterEach(() => fake.close());

const postItem: ReturnType<typeof ingestor>['postItem'] = (...given) =>
  ingestor({ url: fake.url, tokens: undefined }).postItem(...given);

async function postCollection(): Promise<void> {
  const { postCollection: post } = ingestor({ url: fake.url, tokens: undefined });
  await post(exampleCollection('example'), { deadline: Date.now() + 5_000 });
}

/** The notification of an upload; S3 orders the versions of a key by the sequencer, whose length may differ. */
function putEvent(sequencer: string) {
  const s3 = { bucket: { name: 'b' }, object: { key: 'a.xml', sequencer } };
  return sqsRecord(
    { Records: [{ eventName: 'ObjectCreated:Put', s3 }] },
    { messageId: `event ${sequencer}` },
  );
}

describe('two uploads of one key', () => {
  test.each([
    ['in order', ['0055AED6DCD90281E5', '0055AED6DCD90281E6FF']],
    ['in reverse order', ['0055AED6DCD90281E6FF', '0055AED6DCD90281E5']],
    ['twice each', ['55AE', '0055AED6DCD90281E6FF', '0055AED6DCD90281E6FF', '55AE']],
  ])('[A17] announced %s leave the Item of the newest object', async (_, sequencers) => {
    await postCollection();
    let newest = 'version 0';
    const { run } = exampleHandler(
      {
        // An event says that there is something to read, and what is read is the object as it is now.
        createItem: ({ href }) =>
          Promise.resolve(exampleItem(href, { assets: { data: { href: `s3://b/${newest}` } } })),
      },
      { postItem },
    );

    for (const [index, sequencer] of sequencers.entries()) {
      newest = `version ${Math.min(index + 1, 2)}`;
      expect(await run([putEvent(sequencer)])).toEqual([]);
    }

    expect(fake.items().map(({ id, assets }) => [id, assets['data']?.href])).toEqual([
      ['a.xml', 's3://b/version 2'],
    ]);
  });
});

describe('an Item before its Collection', () => {
  test('[E05] returns to the queue, is logged once per try, and is posted after the Collection exists', async () => {
    const { run, lines, returned, dead } = exampleHandler({}, { postItem });
    const record = sqsRecord({ name: 'a' });

    // Little time: the tries within one invocation are the ingestor client's own.
    expect(await run([record], () => 3_000)).toEqual([record.messageId]);
    expect(dead).toEqual([]);
    expect(returned).toHaveLength(1);
    const told = lines.filter(({ fields }) =>
      JSON.stringify(fields).includes("Invalid collection 'example'"),
    );
    expect(told).toHaveLength(1);

    await postCollection();
    expect(await run([record])).toEqual([]);
    expect(fake.items().map(({ id }) => id)).toEqual(['a']);
  });
});
