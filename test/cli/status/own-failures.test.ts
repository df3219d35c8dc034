import { describe, expect, test } from '@jest/globals';
import { ingestorStatus } from '../../../cli/status/ingestor.js';
import { ownFailures } from '../../../cli/status/own-failures.js';
import type { PendingIngestion } from '../../../lambdas/ingestor/pending.js';
import type { Ingestion, IngestorReader } from '../../../lambdas/ingestor/reader.js';

function rowOf(itemId: string, isRequeued = false): PendingIngestion {
  return {
    itemId,
    body: '{}',
    correlationId: 'c',
    messageId: 'm',
    sentTimestamp: '1700000000000',
    tries: 0,
    postedAt: '2024-05-01T12:00:00.000Z',
    postedBy: 'client',
    partition: 'ingestion#0',
    isRequeued,
  };
}

function ingestionOf(id: string, status: string, collection = 'example'): Ingestion {
  return { id, status, message: 'pgSTAC said no', collection, updatedAt: undefined };
}

/** The posts of a pipeline, and the ids that were asked for. */
function posts(rows: readonly PendingIngestion[], statuses: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const getIngestion: IngestorReader['getIngestion'] = (id) => {
    asked.push(id);
    const status = statuses[id];
    return Promise.resolve(status === undefined ? 'missing' : ingestionOf(id, status));
  };
  return {
    asked,
    pending: async function* () {
      await Promise.resolve();
      yield* rows;
    },
    getIngestion,
    mostAsked: 500,
  };
}

describe("the failed ones among a pipeline's own posts", () => {
  test('are those whose ingestion failed; an Item whose message is back on the queue is not asked for', async () => {
    const rows = [rowOf('a'), rowOf('b'), rowOf('c', true), rowOf('d')];
    const own = posts(rows, { a: 'failed', b: 'queued', c: 'failed' });

    expect(await ownFailures(own)).toEqual({
      failed: [{ id: 'a', message: 'pgSTAC said no', updatedAt: undefined }],
      unseen: undefined,
    });
    expect(own.asked).toEqual(['a', 'b', 'd']);
  });

  test('are asked for among 500 posts at most, and the sentence says so', async () => {
    const rows = Array.from({ length: 501 }, (_, index) => rowOf(String(index)));
    const own = posts(rows);

    const { unseen } = await ownFailures(own);

    expect(own.asked).toHaveLength(500);
    expect(unseen).toBe('more than 500 Items are not settled, and only that many were asked for');
    expect((await ownFailures(posts(rows.slice(1)))).unseen).toBeUndefined();
  });
});

describe('the failed loads of a pipeline', () => {
  /** An ingestor whose first page of failed ingestions is full of those of others. */
  const full = {
    listIngestions: (status: string) =>
      Promise.resolve({
        ingestions:
          status === 'failed'
            ? [ingestionOf('old', 'failed', 'another'), ingestionOf('a', 'failed')]
            : [],
        hasMore: status === 'failed',
      }),
  };

  test('behind a page that is full are found by the own posts', async () => {
    const own = posts([rowOf('a'), rowOf('b')], { a: 'failed', b: 'failed' });
    const { failed, unseen } = await ingestorStatus('http://i', 'example', {
      reader: full,
      ownFailures: () => ownFailures(own),
    });

    expect(failed.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(unseen).toBeUndefined();
  });

  test.each([
    [undefined, 'verify_ingestion is false, so the pipeline keeps no record'],
    [() => Promise.reject(new Error('the secret cannot be read')), 'the secret cannot be read'],
  ])('are said to be unknown, and why, if they cannot be asked for', async (ask, unseen) => {
    const status = await ingestorStatus('http://i', 'example', { reader: full, ownFailures: ask });

    expect(status.unseen).toBe(unseen);
    expect(status.failed.map(({ id }) => id)).toEqual(['a']);
  });

  test('are not asked for one by one if the list is complete', async () => {
    const reader = { listIngestions: () => Promise.resolve({ ingestions: [], hasMore: false }) };
    const ask = () => Promise.reject(new Error('is not needed'));

    const status = await ingestorStatus('http://i', 'example', { reader, ownFailures: ask });

    expect(status).toMatchObject({ failed: [] });
    expect(status.unseen).toBeUndefined();
  });
});
