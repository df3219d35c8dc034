import { beforeAll, describe, expect, test } from '@jest/globals';
import { waitForItems } from './system/catalogue.js';
import { command, waitForLetters, type ShownLetter } from './deployment/commands.js';
import { partsOf } from './deployment/deployed-stack.js';
import {
  loggedRecords,
  whilePaused,
  withEnvironment,
  type LoggedRecord,
} from './deployment/functions.js';
import { granuleCopies, itemIds, uploadCopies, type Granule } from './data/granules.js';
import { announce, depthOf, system, waitFor, waitUntilDrained } from './system/running.js';
import { S3Proxy, type Hang } from './system/s3-proxy.js';

const { queueUrl, names } = partsOf(system, 'sentinel1');
const { function: app, logGroup } = names.functions.app;
/** One batch. */
const granules = granuleCopies(3, 10);
const [once, stalledOnce, forOneReceive, always, stalledAlways, ...neighbours] = granules;

/** The object of each granule that hangs. */
const MANIFEST = 'manifest.safe';
/** The SDK sends a request that hangs three times in all. */
const SDK_TRIES = 3;

function hang(granule: Granule | undefined, where: Hang['where'], times: number): Hang {
  return { match: `${granule?.path}/${MANIFEST}`, where, times };
}

const proxy = new S3Proxy(system.ports.emulator, [
  hang(once, 'before the headers', 1),
  hang(stalledOnce, 'in the body', 1),
  hang(forOneReceive, 'before the headers', SDK_TRIES + 1),
  hang(always, 'before the headers', Infinity),
  hang(stalledAlways, 'in the body', Infinity),
]);
let letters: readonly ShownLetter[];
let records: readonly LoggedRecord[];

/** What the function logged about a granule's message, one line for each receive. */
function receivesOf(granule: Granule | undefined): readonly LoggedRecord[] {
  const isAbout = ({ itemId, reason }: LoggedRecord): boolean =>
    itemId === granule?.itemId || reason?.includes(granule?.path ?? '') === true;
  const id = records.find(isAbout)?.messageId;
  return records.filter(({ messageId }) => messageId === id);
}

const outcomesOf = (granule: Granule | undefined): string[] =>
  receivesOf(granule).map(({ outcome }) => outcome);

beforeAll(async () => {
  await uploadCopies(granules);
  const changes = {
    AWS_ENDPOINT_URL_S3: await proxy.listen(),
    RETRY_DELAY_SECONDS: '0',
    MAX_RECEIVE_COUNT: '2',
  };
  await withEnvironment(app, changes, async () => {
    await whilePaused(app, async () => {
      await announce(granules);
      await waitFor(
        () => depthOf(queueUrl),
        ({ visible }) => visible === granules.length,
      );
    });
    letters = await waitForLetters('sentinel1', 2, 120);
    await waitUntilDrained(queueUrl);
  });
  proxy.close();
  records = await loggedRecords(logGroup);
});

describe('a read of S3 that hangs', () => {
  test('does not keep the others of its batch from being posted by the same invocation', () => {
    expect(neighbours.map(outcomesOf)).toEqual(neighbours.map(() => ['posted']));
    const invocations = granules.map((granule) => receivesOf(granule)[0]?.xray_trace_id);
    expect(new Set(invocations).size).toBe(1);
  });

  test.each([
    ['before the headers', once],
    ['in the middle of the body', stalledOnce],
  ])('%s is sent again, and the Item is posted on the first receive', (_, granule) => {
    expect(outcomesOf(granule)).toEqual(['posted']);
  });

  test('for a whole receive returns the message, and the Item is posted on the next one', () => {
    expect(outcomesOf(forOneReceive)).toEqual(['retry', 'posted']);
  });

  test.each([
    ['before the headers', always, 'a request has exceeded the configured 4000 ms requestTimeout'],
    ['in the middle of the body', stalledAlways, 'no more bytes arrived for 4000 ms, after '],
  ])('%s on every receive makes a dead letter that says so', (_, granule, reason) => {
    expect(outcomesOf(granule)).toEqual(['retry', 'dead']);
    const own = letters.filter((letter) => letter.reason?.includes(granule?.path ?? ''));
    expect(own).toMatchObject([{ kind: 'transient', receiveCount: 2 }]);
    expect(own[0]?.reason).toContain(`${MANIFEST}: cannot be read: `);
    expect(own[0]?.reason).toContain(reason);
  });
});

test('once S3 answers again, a redrive makes Items of the dead letters', async () => {
  const { code } = await command('redrive', 'sentinel1', '--send', '--yes');

  expect(code).toBe(0);
  await waitForItems(itemIds(granules));
});
