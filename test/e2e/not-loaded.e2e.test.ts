import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { waitForItems } from './system/catalogue.js';
import { command, deadLetters } from './deployment/commands.js';
import { sql } from './system/database.js';
import { partsOf } from './deployment/deployed-stack.js';
import { invoke } from './deployment/functions.js';
import { granuleCopies, itemIds, uploadCopies } from './data/granules.js';
import { announce, postsOf, setGate, sqs, system, waitFor } from './system/running.js';

const { names, deadLettersUrl } = partsOf(system, 'sentinel1');
const [refused, ...some] = granuleCopies(7, 4);
if (refused === undefined) throw new Error('there is no granule');
const { itemId } = refused;

beforeAll(() => uploadCopies([refused, ...some]));
afterEach(() => setGate({}));
afterAll(() => sqs.send(new PurgeQueueCommand({ QueueUrl: deadLettersUrl })));

describe('a catalogue that is down for ten seconds', () => {
  const verify = () => invoke(names.functions.verify.function);
  const DOWN_SECONDS = 10;

  test('gets all Items afterwards, and meanwhile `status` lists those that were not loaded', async () => {
    const down = Date.now();
    await setGate({ postgres: false });

    await announce(some);
    const { stdout } = await waitFor(
      () => command('status', 'sentinel1'),
      ({ stdout: shown }) => itemIds(some).every((id) => shown.includes(`failed ${id}: `)),
      240,
    );
    expect(stdout).toContain('3 Items accepted by the ingestor but not loaded');
    await waitFor(
      () => Promise.resolve(Date.now() - down),
      (passed) => passed > DOWN_SECONDS * 1000,
    );
    await setGate({});

    expect(await verify()).toMatchObject({ requeued: 3, dead: 0 });
    await waitForItems(itemIds(some));
    await waitFor(verify, (found) => (found as { waiting: number }).waiting === 0);
    const loaded = await command('status', 'sentinel1');
    expect(loaded.stdout).toMatch(/\nSTAC API: [1-9][\d,]* Items \(/);
  });
});

describe('an Item that pgSTAC refuses', () => {
  test('is listed by `status`, becomes a dead letter with the reason after its last attempt, and can be discarded', async () => {
    await refuseInDatabase(itemId);

    await announce([refused]);

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
      (found) => found.length === 1,
      120,
    );
    expect(await deadLetters('sentinel1')).toMatchObject([
      { itemId, kind: 'permanent', reason: expect.stringContaining(REFUSAL) },
    ]);
    expect(await postsOf(itemId)).toHaveLength(4);

    const to = join(system.folder, 'discarded.ndjson');
    const words = ['--reason', REFUSAL, '--discard', '--to', to, '--yes'] as const;
    expect(await command('redrive', 'sentinel1', ...words)).toMatchObject({ code: 0 });
    expect(await deadLetters('sentinel1')).toEqual([]);
    expect(readFileSync(to, 'utf8')).toContain(REFUSAL);
  });
});

const REFUSAL = 'refused by a test';

/** Makes pgSTAC refuse an Item, by a trigger in the database of the run. */
async function refuseInDatabase(id: string): Promise<void> {
  const body = `begin if new.id = '${id}' then raise exception '${REFUSAL}'; end if; return new; end`;
  await sql(
    `create function pgstac.refuse() returns trigger language plpgsql as $$ ${body} $$;
     create trigger refuse before insert on pgstac.items for each row execute function pgstac.refuse()`,
    system.database,
  );
}
