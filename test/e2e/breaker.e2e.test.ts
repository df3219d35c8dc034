import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { postTracer } from '../../lambdas/ingestor/post-trace.js';
import { waitForItems } from './system/catalogue.js';
import { command } from './deployment/commands.js';
import { partsOf } from './deployment/deployed-stack.js';
import { invoke } from './deployment/functions.js';
import { granuleCopies, itemIds, uploadCopies } from './data/granules.js';
import { clientOptions } from './system/platform.js';
import { announce, depthOf, system, waitFor, waitUntilDrained } from './system/running.js';

const { names, queueUrl } = partsOf(system, 'sentinel1');
const dynamo = new DynamoDBClient(clientOptions(system.endpoint));
const granules = granuleCopies(13, 3);
const MINUTE = 60_000;

/** The trace that the function app would have left so long ago. */
const trace = (minutesAgo: number) =>
  postTracer(names.stateTable, dynamo, () => Date.now() - minutesAgo * MINUTE);
const runBreaker = () => invoke(names.functions.breaker.function);

beforeAll(() => uploadCopies(granules));
afterAll(() => command('release', 'sentinel1'));

test('the deployed breaker holds while no post succeeds, and releases when one does', async () => {
  await trace(9).answered();
  await trace(6).failed('POST responded 503');
  await runBreaker();
  await trace(0).failed('POST responded 503');
  await runBreaker();

  const held = await command('status', 'sentinel1');
  expect(held.code).toBe(1);
  expect(held.stdout).toMatch(
    /Consumption: held since .* by the circuit breaker: no post has succeeded since .*; the last error: POST responded 503\n/,
  );

  await announce(granules);
  await waitFor(
    () => depthOf(queueUrl),
    ({ visible }) => visible === granules.length,
  );
  await sleep(5_000);
  expect(await depthOf(queueUrl)).toEqual({ visible: granules.length, hidden: 0 });

  await trace(0).answered();
  await runBreaker();
  await waitForItems(itemIds(granules));
  await waitUntilDrained(queueUrl);
  expect((await command('status', 'sentinel1')).stdout).toContain('\nConsumption: on\n');
});
