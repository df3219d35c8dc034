import { expect, test } from '@jest/globals';
import { setApart } from '../../../lambdas/granule/apart.js';
import { silentLog } from '../../../lambdas/runtime/log.js';
import { received, sqsRecord } from '../../support/granule.js';

const TIMEOUT_MS = 60_000;

function record(name: string, receives: number) {
  return sqsRecord({ name }, received(receives));
}

async function apart(
  records: Parameters<typeof setApart>[0],
  returnLater = () => Promise.resolve(),
) {
  const delays: [string, number][] = [];
  const warnings: string[] = [];
  let turn = 0;
  await setApart(records, {
    queue: {
      returnLater: ({ body }, seconds) => {
        delays.push([(JSON.parse(body) as { name: string }).name, seconds]);
        return returnLater();
      },
    },
    log: { ...silentLog, warn: (message) => warnings.push(message) },
    remainingMs: () => TIMEOUT_MS,
    random: () => turn++ / 4,
  });
  return { delays, warnings };
}

test('messages that were received three times come back at different times after the end of the function', async () => {
  const { delays } = await apart([record('a', 3), record('b', 2), record('c', 4), record('d', 9)]);

  expect(delays).toEqual([
    ['a', 60],
    ['c', 135],
    ['d', 210],
  ]);
});

test.each([
  ['a batch of one message', [record('a', 9)]],
  ['messages of the first two receives', [record('a', 1), record('b', 2)]],
])('%s needs no call', async (_, records) => {
  expect(await apart(records)).toEqual({ delays: [], warnings: [] });
});

test.each([
  ['refuses', () => Promise.reject(new Error('throttled'))],
  ['hangs', () => new Promise<void>(() => undefined)],
])('a queue that %s only costs a warning', async (_, returnLater) => {
  const { warnings } = await apart([record('a', 3), record('b', 3)], returnLater);

  expect(warnings).toEqual([
    'could not set the messages of a batch apart; they are processed all the same',
  ]);
});
