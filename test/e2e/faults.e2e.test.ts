import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { COLLECTION_ID } from '../../pipelines/sentinel1/constants.js';
import { waitForItem, waitForItems } from './catalogue.js';
import { command, deadLetters } from './commands.js';
import { partsOf } from './deployed-stack.js';
import { sql } from './database.js';
import { invoke, killWorkers } from './functions.js';
import { all, granuleCopies, uploadCopies, type Granule } from './granules.js';
import { depthOf, posts, postsOf, publish, setGate, sqs, system, waitFor } from './running.js';

const { queueUrl, deadLettersUrl, names } = partsOf(system, 'sentinel1');
const granules = granuleCopies(2, 40);
let next = 0;

/** Granules that no other test has. */
function take(count: number): readonly Granule[] {
  next += count;
  return granules.slice(next - count, next);
}

function takeOne(): Granule {
  const [granule] = take(1);
  if (granule === undefined) throw new Error('there are no more granules');
  return granule;
}

const announce = (some: readonly Granule[]): Promise<void> =>
  all(some, ({ path }) => publish({ path, productType: 'GRD' }));
const ids = (some: readonly Granule[]): string[] => some.map(({ itemId }) => itemId);
const waitForLetters = (count: number, seconds?: number) =>
  waitFor(
    () => deadLetters('sentinel1'),
    (letters) => letters.length === count,
    seconds,
  );

beforeAll(() => uploadCopies(granules));
afterEach(() => setGate({}));

describe('an ingestor that answers 500', () => {
  test('three times has the Item all the same', async () => {
    const granule = takeOne();
    await setGate({ faults: [{ match: granule.itemId, status: 500, body: {}, times: 3 }] });

    await announce([granule]);

    await waitForItem(COLLECTION_ID, granule.itemId);
    const statuses = (await postsOf(granule.itemId)).map(({ status }) => status);
    expect(statuses).toEqual([500, 500, 500, 201]);
  });

  test('always gets the message to the dead letters on the fifth receive, and a redrive mends it', async () => {
    const granule = takeOne();
    const body = { detail: 'the disk is full' };
    await setGate({ faults: [{ match: granule.itemId, status: 500, body }] });

    await announce([granule]);

    expect(await waitForLetters(1, 120)).toMatchObject([
      {
        reason: expect.stringContaining('answered 500: the disk is full'),
        kind: 'transient',
        itemId: granule.itemId,
        receiveCount: 5,
      },
    ]);
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

  test('is among ten, and the other nine are in the catalogue; its message is a dead letter at once', async () => {
    const ten = take(10);
    const [bad, ...good] = ten;
    await setGate({ faults: [{ match: bad?.itemId ?? '', status: 422, body }] });

    await announce(ten);

    await waitForItems(ids(good));
    expect(await waitForLetters(1)).toMatchObject([
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
    await waitForItems(ids(ten));
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
    // The queue's own six minutes are for functions that may run for one.
    await setVisibility(10);
    try {
      await announce(some);
      await waitFor(posts, (log) => log.some(({ id }) => ids(some).includes(id)));
      expect(await killWorkers(names.functions.app.function)).toBeGreaterThan(0);

      await waitForItems(ids(some));
      await waitFor(
        () => depthOf(queueUrl),
        ({ visible, hidden }) => visible + hidden === 0,
      );
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

describe('a catalogue that is down for ten seconds', () => {
  const verify = () => invoke(names.functions.verify.function);
  const DOWN_SECONDS = 10;

  test('has all Items after that, and meanwhile `status` names those that were not loaded', async () => {
    const some = take(3);
    const down = Date.now();
    await setGate({ postgres: false });

    await announce(some);
    const { stdout } = await waitFor(
      () => command('status', 'sentinel1'),
      ({ stdout: shown }) => ids(some).every((id) => shown.includes(`failed ${id}: `)),
      240,
    );
    expect(stdout).toContain('3 Items that the ingestor took and failed to load');
    await waitFor(
      () => Promise.resolve(Date.now() - down),
      (passed) => passed > DOWN_SECONDS * 1000,
    );
    await setGate({});

    expect(await verify()).toMatchObject({ requeued: 3, dead: 0 });
    await waitForItems(ids(some));
    await waitFor(verify, (found) => (found as { waiting: number }).waiting === 0);
  });
});

describe('an Item that pgSTAC refuses', () => {
  test('is named by `status`, and becomes a dead letter with the reason when it was posted often enough', async () => {
    const { itemId, path } = takeOne();
    await refuseInDatabase(itemId);

    await announce([{ itemId, path }]);

    const status = () => command('status', 'sentinel1');
    const { code, stdout } = await waitFor(
      status,
      (shown) => shown.stdout.includes(`failed ${itemId}: `),
      120,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(REFUSAL) });
    await waitFor(
      async () => {
        await invoke(names.functions.verify.function);
        return deadLetters('sentinel1');
      },
      (letters) => letters.length === 1,
      120,
    );
    expect(await deadLetters('sentinel1')).toMatchObject([
      { itemId, kind: 'permanent', reason: expect.stringContaining(REFUSAL) },
    ]);
    expect(await postsOf(itemId)).toHaveLength(4);
  });
});

const REFUSAL = 'refused by a test';

/** A trigger in the run's own database. */
async function refuseInDatabase(id: string): Promise<void> {
  const body = `begin if new.id = '${id}' then raise exception '${REFUSAL}'; end if; return new; end`;
  await sql(
    `create function pgstac.refuse() returns trigger language plpgsql as $$ ${body} $$;
     create trigger refuse before insert on pgstac.items for each row execute function pgstac.refuse()`,
    system.database,
  );
}
