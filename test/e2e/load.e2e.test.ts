import { beforeAll, expect, test } from '@jest/globals';
import { waitForItems } from './system/catalogue.js';
import { deadLetters } from './deployment/commands.js';
import { partsOf } from './deployment/deployed-stack.js';
import { depthOf, posts, system, waitUntilDrained } from './system/running.js';
import { FULL, MAX_BATCHES } from './deployment/stacks.js';
import { sendTiles, tileNames, uploadTiles } from './data/tiles.js';

const { queueUrl, deadLettersUrl } = partsOf(system, 'cop_dem_30');
const COUNT = FULL ? 5_000 : 300;
const tiles = tileNames(55, COUNT);

beforeAll(() => uploadTiles(tiles));

test(`${COUNT} messages become as many Items and no dead letters`, async () => {
  const started = Date.now();
  await sendTiles(queueUrl, tiles);

  await waitForItems(tiles, 1_800);

  report(started, await postsSince(started));
  await waitUntilDrained(queueUrl);
  expect(await deadLetters('cop_dem_30')).toEqual([]);
  expect(await depthOf(deadLettersUrl)).toEqual({ visible: 0, hidden: 0 });
}, 2_400_000);

async function postsSince(time: number) {
  const own = new Set(tiles);
  return (await posts()).filter((post) => post.time >= time && own.has(post.id));
}

/** Prints the rate and where the time goes. No test judges it, because it depends on the machine. */
function report(started: number, taken: Awaited<ReturnType<typeof postsSince>>): void {
  const seconds = (from: number, to: number): number => Math.max(to - from, 1) / 1000;
  const ended = Date.now();
  const [first, last] = [taken[0]?.time ?? ended, taken.at(-1)?.time ?? ended];
  const mean = taken.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / taken.length;
  process.stdout.write(
    `load: ${COUNT} messages in ${seconds(started, ended).toFixed(1)} s: ` +
      `${seconds(started, first).toFixed(1)} s until the first Item was posted, ` +
      `${(taken.length / seconds(first, last)).toFixed(1)} posts a second (${mean.toFixed(0)} ms each at the ` +
      `ingestor, at most ${MAX_BATCHES} batches at once), ${seconds(last, ended).toFixed(1)} s until all were loaded\n`,
  );
}
