import { expect, test } from '@jest/globals';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import type { PostedIngestion } from '../../../lambdas/ingestor/pending.js';
import { exampleHandler, received, sqsRecord } from '../../support/granule.js';

function recording() {
  const recorded: PostedIngestion[] = [];
  const recordIngestion = (posted: PostedIngestion) => {
    recorded.push(posted);
    return Promise.resolve();
  };
  return { recorded, recordIngestion };
}

test('a posted Item is recorded with its unchanged message', async () => {
  const { recorded, recordIngestion } = recording();
  const { run } = exampleHandler({}, { recordIngestion });

  await run([sqsRecord('{ "name" : "a" }', { messageId: 'm1' })]);

  expect(recorded).toEqual([
    {
      itemId: 'a',
      body: '{ "name" : "a" }',
      correlationId: 'm1',
      messageId: 'm1',
      sentTimestamp: '1700000000000',
      tries: 0,
    },
  ]);
});

test('the number of tries of a message that was sent again is kept', async () => {
  const { recorded, recordIngestion } = recording();
  const { run } = exampleHandler({}, { recordIngestion });
  const tries = { stringValue: '2', dataType: 'String' as const };

  await run([sqsRecord({ name: 'a' }, { messageAttributes: { ingestion_tries: tries } })]);

  expect(recorded.map((posted) => posted.tries)).toEqual([2]);
});

test('[N01] a posted Item is recorded as one of a backfill', async () => {
  const { recorded, recordIngestion } = recording();
  const { run } = exampleHandler({}, { recordIngestion });
  const backfill = { stringValue: 'example', dataType: 'String' as const };

  await run([
    sqsRecord({ name: 'a' }, { messageAttributes: { backfill } }),
    sqsRecord({ name: 'b' }),
  ]);

  expect(recorded.map((posted) => posted.backfill)).toEqual(['example', undefined]);
});

test('of two messages for one Item the newer one is recorded', async () => {
  const { recorded, recordIngestion } = recording();
  const { run } = exampleHandler({}, { recordIngestion });
  const bodies = ['{"name":"a"}', '{"name":"a" }'];

  await run([sqsRecord(bodies[0], received(1, 2)), sqsRecord(bodies[1], received(1, 1))]);

  expect(recorded.map(({ body }) => body)).toEqual([bodies[0]]);
});

test('an Item that was not posted is not recorded', async () => {
  const { recorded, recordIngestion } = recording();
  const refused = new IngestorError('refused', { kind: 'permanent' });
  const { run } = exampleHandler({}, { recordIngestion, postItem: () => Promise.reject(refused) });

  await run([sqsRecord({ name: 'a' }), sqsRecord({ name: 'skip me' })]);

  expect(recorded).toEqual([]);
});

test('a post that cannot be recorded is logged as a warning and not thrown', async () => {
  const recordIngestion = () => Promise.reject(new Error('throttled'));
  const { run, lines } = exampleHandler({}, { recordIngestion });

  await expect(run([sqsRecord({ name: 'a' })])).resolves.toEqual([]);

  expect(lines.find(({ level }) => level === 'warn')).toEqual({
    level: 'warn',
    message: 'cannot record a posted Item, so it will not be verified',
    fields: { itemId: 'a', error: 'throttled' },
  });
});

test('nothing is recorded, and no warning logged, if posts are not verified', async () => {
  const { run, lines } = exampleHandler();

  await run([sqsRecord({ name: 'a' })]);

  expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
});
