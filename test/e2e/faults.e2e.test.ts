import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { MAX_RECEIVE_COUNT } from '../../lambdas/granule/outcome.js';
import { waitForItem, waitForItems } from './system/catalogue.js';
import { command, waitForLetters } from './deployment/commands.js';
import { partsOf } from './deployment/deployed-stack.js';
import { killWorkers, withEnvironment } from './deployment/functions.js';
import {
  COLLECTION_ID,
  granuleCopies,
  itemIds,
  uploadCopies,
  type Granule,
} from './data/granules.js';
import {
  announce,
  depthOf,
  posts,
  postsOf,
  setGate,
  sqs,
  system,
  waitFor,
  waitUntilDrained,
} from './system/running.js';

const { queueUrl, deadLettersUrl, names } = partsOf(system, 'sentinel1');
const granules = granuleCopies(2, 34);
let next = 0;

/** Granules that no other test uses. */
function take(count: number): readonly Granule[] {
  next += count;
  return granules.slice(next - count, next);
}

function takeOne(): Granule {
  const [granule] = take(1);
  if (granule === undefined) throw new Error('all granules are used up');
  return granule;
}

beforeAll(() => uploadCopies(granules));
afterEach(() => setGate({}));

describe('an ingestor that returns 500', () => {
  test('three times gets the Item all the same', async () => {
    const granule = takeOne();
    await setGate({ faults: [{ match: granule.itemId, status: 500, body: {}, times: 3 }] });

    await announce([granule]);

    await waitForItem(COLLECTION_ID, granule.itemId);
    const statuses = (await postsOf(granule.itemId)).map(({ status }) => status);
    expect(statuses).toEqual([500, 500, 500, 201]);
  });

  test('every time dead-letters the message on the last receive, and a redrive succeeds later', async () => {
    const granule = takeOne();
    const body = { detail: 'the disk is full' };
    await setGate({ faults: [{ match: granule.itemId, status: 500, body }] });

    // With the stack's delay of one second the waits between ten receives take six minutes.
    await withEnvironment(names.functions.app.function, { RETRY_DELAY_SECONDS: '0' }, async () => {
      await announce([granule]);

      expect(await waitForLetters('sentinel1', 1, 120)).toMatchObject([
        {
          reason: expect.stringContaining('returned 500: the disk is full'),
          kind: 'transient',
          itemId: granule.itemId,
          receiveCount: MAX_RECEIVE_COUNT,
        },
      ]);
    });
    await setGate({});
    const { code, stdout } = await command('redrive', 'sentinel1', '--send', '--yes');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('Sent 1 message again'),
    });
    await waitForItem(COLLECTION_ID, granule.itemId);
    expect(await depthOf(deadLettersUrl)).toEqual({ visible: 0, hidden: 0 });
  });
});

describe('an Item that the ingestor refuses', () => {
  const body = { detail: [{ loc: ['body', 'assets', 'vv'], msg: 'no such asset' }] };

  test('among ten is dead-lettered immediately, and the other nine reach the catalogue', async () => {
    const ten = take(10);
    const [bad, ...good] = ten;
    await setGate({ faults: [{ match: bad?.itemId ?? '', status: 422, body }] });

    await announce(ten);

    await waitForItems(itemIds(good));
    expect(await waitForLetters('sentinel1', 1)).toMatchObject([
      {
        reason: expect.stringContaining('body.assets.vv: no such asset'),
        kind: 'permanent',
        itemId: bad?.itemId,
        receiveCount: 1,
      },
    ]);
    expect(await postsOf(bad?.itemId ?? '')).toHaveLength(1);
    await setGate({});
    await command('redrive', 'sentinel1', '--send', '--yes');
    await waitForItems(itemIds(ten));
  });
});

describe('functions that are killed', () => {
  const setVisibility = (seconds: number) =>
    sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: queueUrl,
        Attributes: { VisibilityTimeout: String(seconds) },
      }),
    );

  test('in the middle of their batches lose no message', async () => {
    const some = take(20);
    // The queue's visibility timeout is six minutes, for a function that may run for one.
    await setVisibility(10);
    try {
      await announce(some);
      await waitFor(posts, (log) => log.some(({ id }) => itemIds(some).includes(id)));
      expect(await killWorkers(names.functions.app.function)).toBeGreaterThan(0);

      await waitForItems(itemIds(some));
      await waitUntilDrained(queueUrl);
    } finally {
      await setVisibility(360);
    }
    expect(await depthOf(deadLettersUrl)).toEqual({ visible: 0, hidden: 0 });
  });
});

describe('a token that is revoked', () => {
  test('is replaced, and the Item is posted with the new one', async () => {
    const [before, after] = [takeOne(), takeOne()];
    await announce([before]);
    await waitForItem(COLLECTION_ID, before.itemId);
    await setGate({ refuseKnownTokens: true });

    await announce([after]);

    await waitForItem(COLLECTION_ID, after.itemId);
    const statuses = (await postsOf(after.itemId)).map(({ status }) => status);
    expect(statuses).toEqual([403, 201]);
  });
});
