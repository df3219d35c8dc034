import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitForItems } from './system/catalogue.js';
import { command, terraformCommand } from './deployment/commands.js';
import { deploymentOf, partsOf } from './deployment/deployed-stack.js';
import { granuleCopies, itemIds, uploadCopies } from './data/granules.js';
import { announce, depthOf, posts, system, waitFor, waitUntilDrained } from './system/running.js';

const { queueUrl } = partsOf(system, 'sentinel1');
const COUNT = 20;
const granules = granuleCopies(12, COUNT);
const HELD = /held since \S+ \S+ by arn:aws:\S+: the catalogue is being restored/;
/** Much longer than a message waits for a function that takes messages. */
const WAIT_MS = 10_000;

beforeAll(() => uploadCopies(granules));
afterAll(() => command('release', 'sentinel1'));

test('nothing is consumed while a pipeline is held, and all is loaded after its release', async () => {
  const reason = 'the catalogue is being restored';
  const held = await command('hold', 'sentinel1', '--reason', reason);
  expect(held).toMatchObject({ code: 0, stderr: '' });
  expect(held.stdout).toMatch(HELD);

  await announce(granules);
  await waitFor(
    () => depthOf(queueUrl),
    ({ visible }) => visible === COUNT,
  );
  await sleep(WAIT_MS);

  expect(await depthOf(queueUrl)).toEqual({ visible: COUNT, hidden: 0 });
  const ids = itemIds(granules);
  expect((await posts()).filter(({ id }) => ids.includes(id))).toEqual([]);

  const status = await command('status', 'sentinel1');
  expect(status.code).toBe(1);
  expect(status.stdout).toMatch(HELD);

  const released = await command('release', 'sentinel1');
  expect(released).toMatchObject({ code: 0, stderr: '' });
  await waitForItems(ids);
  await waitUntilDrained(queueUrl);
});

test('a plan of a held pipeline is empty, says so, and an apply leaves it held', async () => {
  await command('hold', 'sentinel1', '--reason', 'the catalogue is being restored');
  const stack = await deploymentOf(system, 'sentinel1');

  const planned = await terraformCommand('plan', 'sentinel1');
  expect(planned).toMatchObject({ code: 0 });
  expect(planned.stdout).toContain('### sentinel1: no changes');
  expect(planned.stdout).toMatch(HELD);
  expect(await stack.apply()).toMatchObject({ code: 0 });

  const status = await command('status', 'sentinel1');
  expect(status.stdout).toMatch(HELD);
  await command('release', 'sentinel1');
});
