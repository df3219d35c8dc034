import { describe, expect, test } from '@jest/globals';
import {
  collectionHandler,
  type CollectionCollaborators,
} from '../../lambdas/collection-handler.js';
import { TokenError } from '../../lambdas/errors.js';
import { silentLog } from '../../lambdas/log.js';
import type { Collection } from '../../lambdas/stac.js';
import { verifyCollection } from '../../lambdas/verify-collection.js';

const collection: Collection = {
  type: 'Collection',
  id: 'example',
  stac_version: '1.0.0',
  description: 'd',
  license: 'proprietary',
  links: [],
  item_assets: {},
  extent: {
    spatial: { bbox: [[-180, -90, 180, 90]] },
    temporal: { interval: [['2014-10-03T00:00:00Z', null]] },
  },
};

function exampleHandler(collaborators: Partial<CollectionCollaborators> = {}) {
  const posted: Collection[] = [];
  let time = 0;
  const handler = collectionHandler(() => collection).with({
    postCollection: (given) => {
      posted.push(given);
      return Promise.resolve();
    },
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
  test('posts the Collection and says so', async () => {
    const { run, posted } = exampleHandler();

    expect(await run()).toEqual({ collection: 'example', verified: false });
    expect(posted).toEqual([collection]);
  });

  test('[E07] reads the Collection back where the STAC API is known', async () => {
    const verified: string[] = [];
    const { run } = exampleHandler({
      stacApiUrl: 'https://stac.example.com',
      verify: ({ id }) => {
        verified.push(id);
        return Promise.resolve();
      },
    });

    expect(await run()).toEqual({ collection: 'example', verified: true });
    expect(verified).toEqual(['example']);
  });

  test('fails with the reason, so that the deployment does', async () => {
    const { run } = exampleHandler({
      postCollection: () => Promise.reject(new Error('answered 500')),
    });

    await expect(run()).rejects.toThrow('answered 500');
  });

  test('posts nothing that is not valid', async () => {
    const handler = collectionHandler(() => ({ ...collection, description: '' })).with({
      postCollection: () => Promise.reject(new Error('posted')),
      log: silentLog,
    });

    await expect(handler({}, { getRemainingTimeInMillis: () => 1_000 })).rejects.toThrow(
      /Collection 'example' is not valid STAC: description/,
    );
  });

  test('waits for a policy that is not in force yet, a minute at most', async () => {
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

  test('is content with the Collection as it was posted, links apart', async () => {
    const stored = { ...collection, links: [{ rel: 'self', href: 'x' }] };

    await expect(
      verifyCollection(collection, options(answering(200, stored))),
    ).resolves.toBeUndefined();
  });

  test('names what the catalogue still shows otherwise', async () => {
    const stored = { ...collection, description: 'old' };

    await expect(verifyCollection(collection, options(answering(200, stored)))).rejects.toThrow(
      'the Collection was posted, but https://stac.example.com/collections/example still shows another description',
    );
  });

  test('says when it cannot be read back', async () => {
    await expect(verifyCollection(collection, options(answering(404, {})))).rejects.toThrow(
      /cannot be read back from .*: HTTP status 404/,
    );
  });
});
