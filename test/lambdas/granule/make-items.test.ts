import { expect, test } from '@jest/globals';
import { GranuleError } from '../../../lambdas/runtime/errors.js';
import { makeItems } from '../../../lambdas/granule/make-items.js';
import { parseBody } from '../../../lambdas/granule/message.js';
import { silentMeter } from '../../../lambdas/runtime/metrics.js';
import { MemoryLog } from '../../support/backfill/collaborators.js';
import { exampleItem, examplePipeline } from '../../support/granule.js';

/** The Items of one message on stand-ins, with what was counted and logged. */
async function make(body: unknown, createItem = examplePipeline.createItem) {
  const log = new MemoryLog();
  const counted: unknown[] = [];
  const made = await makeItems(
    { ...examplePipeline, createItem },
    parseBody(JSON.stringify(body)),
    {
      source: { read: (href) => Promise.resolve(Buffer.from(`content of ${href}`)) },
      log,
      meter: { ...silentMeter, count: (...given) => counted.push(given) },
      stacApiUrl: 'https://stac.example.com',
    },
  );
  return { made, log, counted };
}

test('an Item is made with the source, a way to warn and the STAC API, and counted', async () => {
  const { made, log, counted } = await make({ name: 'a' }, async ({ href, source, warn }) => {
    warn(Buffer.from(await source.read(href)).toString(), { href });
    return exampleItem(href);
  });

  expect(made.items.map(({ id, links }) => [id, links[0]?.href])).toEqual([
    ['a', 'https://stac.example.com/collections/example'],
  ]);
  expect(made).not.toHaveProperty('failure');
  expect(counted).toEqual([['ItemsMade', 1]]);
  expect(log.lines).toEqual([{ level: 'warn', message: 'content of a', fields: { href: 'a' } }]);
});

test('what cannot be made is the failure, and counts as no Item', async () => {
  const { made, counted } = await make({ name: 'a' }, () =>
    Promise.reject(new GranuleError('broken', { href: 'a' })),
  );

  expect(made.items).toHaveLength(0);
  expect(made.failure).toEqual({ kind: 'permanent', name: 'GranuleError', message: 'broken' });
  expect(counted).toEqual([['ItemsMade', 0]]);
});

test.each([
  ['info', 'test-event', { Event: 's3:TestEvent' }],
  ['warn', 'no-records', { Records: [] }],
  ['warn', 'subscription-confirmation', { Type: 'SubscriptionConfirmation', Message: 'm' }],
])('a message is skipped with a line of the level %s for the reason %s', async (...given) => {
  const [level, reason, body] = given;

  const { log } = await make(body);

  expect(log.lines).toEqual([
    {
      level,
      message: 'message skipped',
      fields: { reason, detail: expect.any(String) as unknown },
    },
  ]);
});
