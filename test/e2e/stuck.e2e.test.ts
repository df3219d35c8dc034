import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ingestionTable } from '../../lambdas/ingestor/ingestion-table.js';
import type { PendingIngestion } from '../../lambdas/ingestor/pending.js';
import { versionTable, type GrantedClaim } from '../../lambdas/ingestor/version-table.js';
import { granuleCopies, itemIds, uploadCopies, type Granule } from './data/granules.js';
import { partsOf } from './deployment/deployed-stack.js';
import { invoke, restartWorkers, whileDropping } from './deployment/functions.js';
import { countItems, waitForItems } from './system/catalogue.js';
import { createClient } from './system/cognito.js';
import { clientOptions } from './system/platform.js';
import { announce, postsOf, sqs, system, waitFor, waitUntilDrained } from './system/running.js';

const { names, queueUrl, deadLettersUrl } = partsOf(system, 'sentinel1');
const table = new DynamoDBClient(clientOptions(system.endpoint));
const ingestions = ingestionTable(names.stateTable, table);
const [dropped, following, ...some] = granuleCopies(11, 4);
if (dropped === undefined || following === undefined) throw new Error('there is no granule');

const verify = () => invoke(names.functions.verify.function);

beforeAll(() => uploadCopies([dropped, following, ...some]));
afterAll(() => sqs.send(new PurgeQueueCommand({ QueueUrl: deadLettersUrl })));

async function rowsOf(granules: readonly Granule[]): Promise<PendingIngestion[]> {
  const ids = itemIds(granules);
  const rows: PendingIngestion[] = [];
  for await (const row of ingestions.pending()) if (ids.includes(row.itemId)) rows.push(row);
  return rows;
}

/** Lets an hour pass for the posts of these granules. */
async function age(granules: readonly Granule[]): Promise<void> {
  const earlier = new Date(Date.now() - 61 * 60_000).toISOString();
  for (const { partition, itemId } of await rowsOf(granules))
    await table.send(
      new UpdateItemCommand({
        TableName: names.stateTable,
        Key: { pk: { S: partition }, sk: { S: itemId } },
        UpdateExpression: 'SET posted_at = :earlier',
        ExpressionAttributeValues: { ':earlier': { S: earlier } },
      }),
    );
}

async function waitForPost(granules: readonly Granule[]): Promise<void> {
  await waitFor(
    () => rowsOf(granules),
    (rows) => rows.length === granules.length,
    120,
  );
  await waitUntilDrained(queueUrl);
}

describe('an Item whose batch the loader drops', () => {
  test('stays queued at the ingestor, and is posted again after an hour', async () => {
    await whileDropping('loader', async () => {
      await announce([dropped]);
      await waitForPost([dropped]);
      // The loader's attempts, until the stream drops the record.
      await sleep(20_000);
    });
    await announce([following]);
    await waitForItems([following.itemId]);
    expect(await countItems([dropped.itemId])).toBe(0);
    expect(await verify()).toMatchObject({ requeued: 0, dead: 0 });

    await age([dropped]);

    expect(await verify()).toMatchObject({ requeued: 1, dead: 0 });
    await waitForItems([dropped.itemId]);
    expect(await postsOf(dropped.itemId)).toHaveLength(2);
    await waitFor(verify, (found) => (found as { waiting: number }).waiting === 0);
    expect(await rowsOf([dropped])).toEqual([]);
  });
});

describe('Items that were posted before the app client was rotated', () => {
  const secrets = new SecretsManagerClient(clientOptions(system.endpoint));
  const { secretArn, poolId, client } = system.platform;

  async function putSecret(credentials: object): Promise<void> {
    const SecretString = JSON.stringify({ cognito_domain: system.endpoint, ...credentials });
    await secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString }));
    // A container would keep the old secret for five minutes.
    await restartWorkers(names.functions.verify.function);
    await restartWorkers(names.functions.app.function);
  }

  afterEach(() => putSecret(client));

  test('are not called lost: they wait for an hour, and are posted again by the new client', async () => {
    await announce(some);
    await waitForPost(some);
    await waitForItems(itemIds(some));
    expect((await rowsOf(some)).map(({ postedBy }) => postedBy)).toEqual(
      some.map(() => client.client_id),
    );
    const next = await createClient({ endpoint: system.endpoint }, poolId);
    await putSecret(next);

    expect(await verify()).toMatchObject({ requeued: 0, dead: 0 });
    expect(await rowsOf(some)).toHaveLength(2);

    await age(some);
    expect(await verify()).toMatchObject({ requeued: 2, dead: 0 });
    await waitFor(
      () => rowsOf(some),
      (rows) => rows.length === 2 && rows.every(({ isRequeued }) => !isRequeued),
    );
    expect((await rowsOf(some)).map(({ postedBy }) => postedBy)).toEqual(
      some.map(() => next.client_id),
    );
    // The loader may load one of the two while the verification runs.
    await waitFor(
      async () => {
        await verify();
        return rowsOf(some);
      },
      (rows) => rows.length === 0,
    );
  });
});

test('the state table keeps an older version of an Item from replacing a newer one', async () => {
  const { claim, forget } = versionTable(names.stateTable, table);
  const until = Date.now() + 60_000;
  const of = (version: string, isForced = false) =>
    claim({ itemId: 'an Item', by: version, version, isForced, until });

  const first = await of('2');
  expect(await of('3')).toEqual({ result: 'busy' });
  await (first as GrantedClaim).posted();
  expect(await of('1')).toEqual({ result: 'superseded', by: '2' });
  for (const claims of [() => of('1', true), () => of('2')]) {
    const granted = await claims();
    expect(granted.result).toBe('claimed');
    await (granted as GrantedClaim).release();
  }
  await forget('an Item', '2');
  expect((await of('1')).result).toBe('claimed');
});
