import { describe, expect, test } from '@jest/globals';

import { GranuleError, MessageError } from '../../lambdas/runtime/errors.js';
import { granuleHandler } from '../../lambdas/granule-handler.js';
import { parseBody } from '../../lambdas/granule/message.js';
import { startFakeIngestor } from './fake-ingestor.js';
import { memorySource } from './memory-source.js';
import { eventOf, readJson, recordsOf, s3Event, snsEnvelope } from './records.js';
import { runBatch } from './run-batch.js';

const handler = granuleHandler({
  collectionId: 'demo',
  parseMessage: ({ type, ...message }) => {
    const body = 'body' in message ? message.body : undefined;
    if (type !== 'custom' || typeof body !== 'string') throw new MessageError('no text');
    return { href: body };
  },
  createItem: async ({ href, source, warn }) => {
    const id = Buffer.from(await source.read(href, { offset: 0, length: 1 })).toString();
    if (id === '?') throw new GranuleError(`${href}: no id`, { href });
    if (id === '!') warn('loud', { href });
    return {
      type: 'Feature',
      stac_version: '1.0.0',
      id,
      properties: { datetime: '2024-01-01T00:00:00Z' },
      geometry: null,
      links: [],
      assets: {},
      stac_extensions: [],
    };
  },
});

describe('records', () => {
  test('are as a queue delivers them, as often as wanted', () => {
    const [text, json] = recordsOf(['text', { a: 1 }], { receives: 3 });

    expect([text?.body, json?.body]).toEqual(['text', '{"a":1}']);
    expect(text?.attributes.ApproximateReceiveCount).toBe('3');
    expect(eventOf(['x']).Records).toHaveLength(1);
  });

  test('may hold what a topic or S3 sends', () => {
    const body = JSON.stringify(snsEnvelope(s3Event('bucket', 'a b/ä+1.xml')));

    expect(parseBody(body).messages).toMatchObject([
      { type: 's3-object', bucket: 'bucket', key: 'a b/ä+1.xml' },
    ]);
    expect(parseBody(JSON.stringify(snsEnvelope('text'))).messages).toEqual([
      { type: 'custom', body: 'text' },
    ]);
  });

  test('come from JSON files, new with each reading', () => {
    const url = new URL('../../package.json', import.meta.url);

    expect(readJson(url)).toMatchObject({ type: 'module' });
    expect(readJson(url)).not.toBe(readJson(url));
  });
});

describe('a source in memory', () => {
  test('gives whole files and parts, and keeps what was read', async () => {
    const source = memorySource({ 's3://b/k': 'abcdef' });

    expect(Buffer.from(await source.read('s3://b/k')).toString()).toBe('abcdef');
    expect(Buffer.from(await source.read('s3://b/k', { offset: 4, length: 9 })).toString()).toBe(
      'ef',
    );
    expect(source.reads).toEqual([
      { href: 's3://b/k', range: undefined },
      { href: 's3://b/k', range: { offset: 4, length: 9 } },
    ]);
  });

  test('has no other file', async () => {
    await expect(memorySource({}).read('constructor')).rejects.toMatchObject({ kind: 'permanent' });
  });
});

/** What keeps the process alive: Node lists nothing that is unref'd. */
function serversAndSockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
}

describe('a batch', () => {
  const source = memorySource({ a: 'a', bad: '?', loud: '!' });

  test('shows what became of each message', async () => {
    const { items, failed, dead, warnings } = await runBatch(
      handler,
      ['a', 'bad', 'loud', 'gone'],
      { source },
    );

    expect(items.map(({ id, collection }) => [id, collection])).toEqual([
      ['a', 'demo'],
      ['!', 'demo'],
    ]);
    expect(failed).toEqual([]);
    expect(dead).toEqual([
      { body: 'bad', reason: 'bad: no id' },
      { body: 'gone', reason: 'gone: cannot be read: no such file' },
    ]);
    expect(warnings).toEqual([{ message: 'loud', fields: { href: 'loud' } }]);
  });

  test('is posted to a fake ingestor over HTTP', async () => {
    const ingestor = await startFakeIngestor();

    const { items } = await runBatch(handler, ['a'], { source, ingestorUrl: ingestor.url });

    expect(ingestor.items()).toEqual(items);
  });

  test('[N24] leaves nothing behind that keeps the test process alive, although no test closes the ingestor', async () => {
    const before = serversAndSockets();
    const [one, two] = [await startFakeIngestor(), await startFakeIngestor()];
    await runBatch(handler, ['a'], { source, ingestorUrl: one.url });
    await runBatch(handler, ['a', 'loud'], { source, ingestorUrl: two.url });
    await runBatch(handler, ['a'], { source, ingestorUrl: one.url }); // over the open connection

    expect([one.items().length, two.items().length]).toEqual([1, 2]);
    expect(serversAndSockets()).toEqual(before);
  });

  test('[N24] may close the ingestor itself, and posts again to another one', async () => {
    const first = await startFakeIngestor();
    await runBatch(handler, ['a'], { source, ingestorUrl: first.url });
    await first.close();
    const second = await startFakeIngestor();

    expect((await runBatch(handler, ['a'], { source, ingestorUrl: first.url })).failed).toEqual([
      'a',
    ]);
    await runBatch(handler, ['a'], { source, ingestorUrl: second.url });
    expect(second.items()).toHaveLength(1);
  });

  test('goes back to the queue when the ingestor is down, and to the dead letters on the last receive', async () => {
    const down = { source, ingestorUrl: 'http://127.0.0.1:9', maxReceiveCount: 2 };

    expect((await runBatch(handler, ['a'], down)).failed).toEqual(['a']);
    expect((await runBatch(handler, ['a'], { ...down, receives: 2 })).dead).toMatchObject([
      { body: 'a' },
    ]);
  });
});
