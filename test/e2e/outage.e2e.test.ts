import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitForItems } from './system/catalogue.js';
import { deadLetters } from './deployment/commands.js';
import { partsOf } from './deployment/deployed-stack.js';
import { withEnvironment } from './deployment/functions.js';
import { FULL } from './deployment/stacks.js';
import { sendTiles, tileNames, uploadTiles } from './data/tiles.js';
import { depthOf, posts, setGate, system, waitUntilDrained } from './system/running.js';

const { queueUrl, deadLettersUrl, names } = partsOf(system, 'cop_dem_30');
const COUNT = FULL ? 5_000 : 100;
const tiles = tileNames(24, COUNT);
/**
 * The deployed function waits 30 s before the second receive of a message. Here it waits 1 s, so the outage is one of 10
 * minutes, or of 37 minutes in the long run. The first five receives take 15 s at most.
 */
const SCALED = { RETRY_DELAY_SECONDS: '1' };
const OUTAGE_SECONDS = FULL ? 74 : 20;

beforeAll(() => uploadTiles(tiles));
afterAll(() => setGate({}));

test(`${COUNT} messages survive an ingestor that is down, and become as many Items`, async () => {
  await withEnvironment(names.functions.app.function, SCALED, async () => {
    await setGate({ ingestor: false });
    await sendTiles(queueUrl, tiles);
    await sleep((OUTAGE_SECONDS / 2) * 1000);
    const body = { message: 'Service Unavailable' };
    await setGate({ faults: [{ match: '', status: 503, body }] });
    await sleep((OUTAGE_SECONDS / 2) * 1000);
    const refused = (await posts()).filter(({ id, faked }) => faked && tiles.includes(id));
    await setGate({});

    await waitForItems(tiles, 1_800);

    // Otherwise the ingestor was not down for the messages.
    expect(new Set(refused.map(({ id }) => id)).size).toBeGreaterThan(COUNT / 2);
    await waitUntilDrained(queueUrl);
    expect(await deadLetters('cop_dem_30')).toEqual([]);
    expect(await depthOf(deadLettersUrl)).toEqual({ visible: 0, hidden: 0 });
  });
}, 2_400_000);
