import { expect, test } from '@jest/globals';
import { MINUTE, runOutage } from '../../support/outage.js';

const MESSAGES = 5_000;

test('an ingestor that is down for 37 minutes makes no dead letter of 5,000 messages, even with the shortest waits', async () => {
  const outcome = await runOutage({ lastsMs: 37 * MINUTE, messages: MESSAGES, random: () => 0 });

  expect(outcome).toEqual({ items: MESSAGES, dead: 0, moved: 0, depth: MESSAGES });
}, 180_000);
