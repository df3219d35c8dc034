import { expect, test } from '@jest/globals';
import { MAX_RECEIVE_COUNT } from '../../../lambdas/granule/outcome.js';
import { MINUTE, runOutage, TimedQueue } from '../../support/outage.js';

test.each<[string, () => number]>([
  ['the shortest waits', () => 0],
  ['random waits', Math.random],
])('an ingestor that is down for 37 minutes makes no dead letter, with %s', async (_, random) => {
  const outcome = await runOutage({ lastsMs: 37 * MINUTE, messages: 200, random });

  // All of them stay in the queue, so that a backfill, which counts them, does not feed the outage.
  expect(outcome).toEqual({ items: 200, dead: 0, moved: 0, depth: 200 });
});

test('an ingestor that is down for longer than all waits makes dead letters', async () => {
  const outcome = await runOutage({ lastsMs: 38 * MINUTE, messages: 50, random: () => 0 });

  expect(outcome).toMatchObject({ items: 0, dead: 50, moved: 0 });
});

test('a message that kills its function each time is moved by the queue after as many receives', async () => {
  const timed = new TimedQueue();
  timed.queue.send('poison');
  let kills = 0;

  await timed.drain((records) => {
    kills += 1;
    return Promise.resolve(records.map(({ messageId }) => messageId));
  });

  expect({ kills, moved: timed.moved }).toEqual({ kills: MAX_RECEIVE_COUNT, moved: ['poison'] });
  expect(timed.now).toBe(MAX_RECEIVE_COUNT * 6 * MINUTE);
});
