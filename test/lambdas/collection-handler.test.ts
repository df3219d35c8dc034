import { describe, expect, test } from '@jest/globals';
import {
  collectionHandler,
  type CollectionCollaborators,
} from '../../lambdas/collection-handler.js';
import { systemClock } from '../../lambdas/runtime/clock.js';
import { TokenError } from '../../lambdas/runtime/errors.js';
import { silentLog } from '../../lambdas/runtime/log.js';
import type { Collection } from '../../lambdas/stac/stac.js';
import { verifyCollection } from '../../lambdas/ingestor/read-back.js';
import { MemoryLog } from '../support/backfill/collaborators.js';
import { exampleCollection } from '../support/collection.js';
import { codeAt } from '../support/pipeline-code.js';

const collection = exampleCollection('example');

function exampleHandler(
  collaborators: Partial<CollectionCollaborators> = {},
  fields: Partial<Collection> = {},
) {
  const posted: Collection[] = [];
  let time = 0;
  const handler = collectionHandler(() => ({ ...collection, ...fields })).with({
    postCollection: (given) => {
      posted.push(given);
      return Promise.resolve();
    },
    verify: undefined,
    log: silentLog,
    clock: {
      now: () => time,
      sleep: (ms) => {
        time += ms;
        return Promise.resolve();
      },
    },
    ...collaborators,
  });
  const run = () => handler({}, { getRemainingTimeInMillis: () => 60_000 });
  return { run, posted, waited: () => time };
}

describe('the collection handler', () => {
  test('posts the Collection and logs it', async () => {
    const { run, posted } = exampleHandler();

    expect(await run()).toEqual({ collection: 'example', verified: false });
    expect(posted).toEqual([collection]);
  });

  test('[N35] posts a Collection whose extension is not checked, and logs a warning', async () => {
    const log = new MemoryLog();
    const url = 'https://stac-extensions.github.io/datacube/v9.0.0/schema.json';
    const { run, posted } = exampleHandler({ log }, { stac_extensions: [url] });

    await run();

    expect(posted).toHaveLength(1);
    expect(log.lines[0]).toEqual({
      level: 'warn',
      message: expect.stringContaining(`${url} are not checked; of datacube, 2.0.0`),
      fields: { collection: 'example' },
    });
  });

  test('[E07] reads the Collection back if the URL of the STAC API is set', async () => {
    const verified: string[] = [];
    const { run } = exampleHandler({
      verify: ({ id }) => {
        verified.push(id);
        return Promise.resolve();
      },
    });

    expect(await run()).toEqual({ collection: 'example', verified: true });
    expect(verified).toEqual(['example']);
  });

  test('reserves two seconds, and logs the post before it reads the Collection back', async () => {
    const log = new MemoryLog();
    const deadlines: number[] = [];
    const started = Date.now();
    const { run } = exampleHandler({
      log,
      postCollection: (_collection, { deadline }) => Promise.resolve(void deadlines.push(deadline)),
      verify: (_collection, { deadline }) => {
        deadlines.push(deadline);
        return Promise.reject(new Error('no response'));
      },
    });

    await expect(run()).rejects.toThrow('no response');

    expect(log.lines).toEqual([
      { level: 'info', message: 'Collection posted', fields: { collection: 'example' } },
    ]);
    expect(deadlines).toHaveLength(2);
    expect(Math.min(...deadlines)).toBeGreaterThanOrEqual(started + 58_000);
    expect(Math.max(...deadlines)).toBeLessThanOrEqual(Date.now() + 58_000);
  });

  test('fails with the reason, so that the deployment fails', async () => {
    const { run } = exampleHandler({
      postCollection: () => Promise.reject(new Error('answered 500')),
    });

    await expect(run()).rejects.toThrow('answered 500');
  });

  test('does not post an invalid Collection', async () => {
    const handler = collectionHandler(() => ({ ...collection, description: '' })).with({
      postCollection: () => Promise.reject(new Error('posted')),
      verify: undefined,
      log: silentLog,
      clock: systemClock,
    });

    await expect(handler({}, { getRemainingTimeInMillis: () => 1_000 })).rejects.toThrow(
      /Collection 'example' is not valid STAC: description/,
    );
  });

  test('retries for up to a minute until an IAM policy takes effect', async () => {
    let denials = 3;
    const denied = () =>
      new TokenError('the secret cannot be read', { cause: new Error('AccessDeniedException') });
    const { run } = exampleHandler({
      postCollection: () => (denials-- > 0 ? Promise.reject(denied()) : Promise.resolve()),
    });
    expect(await run()).toMatchObject({ collection: 'example' });

    const never = exampleHandler({ postCollection: () => Promise.reject(denied()) });
    await expect(never.run()).rejects.toThrow('the secret cannot be read');
    expect(never.waited()).toBeLessThanOrEqual(60_000);
    expect(never.waited()).toBeGreaterThan(20_000);
  });
});

describe('verifyCollection', () => {
  const answering = (status: number, body: unknown) => () =>
    Promise.resolve({ status, headers: {}, body: Buffer.from(JSON.stringify(body)) });
  const options = (send: ReturnType<typeof answering>) => ({
    stacApiUrl: 'https://stac.example.com/',
    deadline: Date.now(),
    send,
  });

  test('requests the Collection by its id with a timeout of ten seconds, and retries until the deadline', async () => {
    const asked: unknown[] = [];
    const stored = { ...collection, id: 'a b/c' };
    const answers = [404, 200].map((status) => answering(status, stored)());
    const send = (request: unknown) => {
      asked.push(request);
      return answers.shift() ?? Promise.reject(new Error('asked again'));
    };

    await verifyCollection(stored, {
      stacApiUrl: 'https://stac.example.com//',
      deadline: Date.now() + 60_000,
      send,
    });

    const url = 'https://stac.example.com/collections/a%20b%2Fc';
    const request = { method: 'GET', url, timeoutMs: 10_000 };
    expect(asked).toEqual([request, request]);
  });

  test.each([
    ['title', { title: 'old' }],
    ['description', { description: 'old' }],
    ['license', { license: 'old' }],
    ['keywords', { keywords: ['old'] }],
    ['summaries', { summaries: { old: [1] } }],
    ['item_assets', { item_assets: { old: {} } }],
    ['title, description', { title: 'old', description: 'old' }],
  ])('reports another %s as a transient difference', async (names, fields) => {
    const stored = { ...collection, ...fields };

    await expect(
      verifyCollection(collection, options(answering(200, stored))),
    ).rejects.toMatchObject({
      name: 'IngestorError',
      kind: 'transient',
      message: `the Collection was posted, but https://stac.example.com/collections/example still returns a different ${names}`,
    });
  });

  test('throws a transient error with the cause if the Collection cannot be read back', async () => {
    await expect(
      verifyCollection(
        collection,
        options(() => Promise.reject(new Error('socket hang up'))),
      ),
    ).rejects.toMatchObject({
      name: 'IngestorError',
      kind: 'transient',
      message:
        'the Collection was posted, but cannot be read back from https://stac.example.com/collections/example: socket hang up',
      cause: expect.objectContaining({ message: 'socket hang up' }) as unknown,
    });
  });

  test('accepts the posted Collection with different links', async () => {
    const stored = { ...collection, links: [{ rel: 'self', href: 'x' }] };

    await expect(
      verifyCollection(collection, options(answering(200, stored))),
    ).resolves.toBeUndefined();
  });

  test('names the fields that still differ in the catalogue', async () => {
    const stored = { ...collection, description: 'old' };

    await expect(verifyCollection(collection, options(answering(200, stored)))).rejects.toThrow(
      'the Collection was posted, but https://stac.example.com/collections/example still returns a different description',
    );
  });

  test('reports that the Collection cannot be read back', async () => {
    await expect(verifyCollection(collection, options(answering(404, {})))).rejects.toThrow(
      /cannot be read back from .*: HTTP status 404/,
    );
  });
});

test('[N22] x.a.b in createCollection fails with the place, and its stack is what Lambda logs', async () => {
  const careless = codeAt<() => never>(
    'pipelines/x/collection.ts',
    '() => {\n  return ({}).a.b;\n}',
  );
  const error = await collectionHandler(careless)({}, { getRemainingTimeInMillis: () => 1 }).then(
    () => new Error('no failure'),
    (thrown: unknown) => thrown as Error,
  );

  expect(error.message).toMatch(
    /^createCollection: Cannot read properties of undefined .* at pipelines\/x\/collection\.ts:2:\d+$/,
  );
  expect(error.stack).toMatch(/\n {4}at .*pipelines\/x\/collection\.ts:2:\d+\)?\n/);
  expect(error.stack).not.toContain(process.cwd());
});
