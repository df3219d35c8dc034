import { expect, test } from '@jest/globals';
import {
  positionOf,
  recordIngestion,
  TRIES_ATTRIBUTE,
  type PendingIngestion,
  type PostedIngestion,
} from '../../../lambdas/ingestor/pending.js';
import { MemoryLog } from '../../support/backfill/collaborators.js';
import { exampleItem, sqsRecord } from '../../support/granule.js';

async function recordWith(record: (posted: PostedIngestion) => Promise<void>) {
  const log = new MemoryLog();
  const counted: string[] = [];
  const meter = { count: (name: string) => counted.push(name) };
  await recordIngestion(
    { item: exampleItem('a'), record: sqsRecord('body'), correlationId: 'c' },
    { recordIngestion: record, log, meter },
  );
  return { lines: log.lines, counted };
}

test('the message attribute for the tries keeps its name', () => {
  expect(TRIES_ATTRIBUTE).toBe('ingestion_tries');
});

test('a post is recorded with its message', async () => {
  const recorded: PostedIngestion[] = [];

  const { lines, counted } = await recordWith((posted) => {
    recorded.push(posted);
    return Promise.resolve();
  });

  expect(recorded).toMatchObject([{ itemId: 'a', body: 'body', messageId: 'm-body', tries: 0 }]);
  expect([lines, counted]).toEqual([[], []]);
});

test('a post that cannot be recorded is counted, so that an alarm tells of it', async () => {
  const { lines, counted } = await recordWith(() => Promise.reject(new Error('throttled')));

  expect(counted).toEqual(['IngestionsUnverified']);
  expect(lines).toEqual([
    {
      level: 'warn',
      message: 'cannot record a posted Item, so it will not be verified',
      fields: { itemId: 'a', error: 'throttled' },
    },
  ]);
});

test('positions are in the order in which rows are read', () => {
  const rows = [
    { partition: 'ingestion', itemId: 'z' },
    { partition: 'ingestion#0', itemId: 'a' },
    { partition: 'ingestion#0', itemId: 'b' },
    { partition: 'ingestion#7', itemId: 'a' },
  ];
  const positions = rows.map((row) => positionOf(row as PendingIngestion));

  expect(positions.toSorted()).toEqual(positions);
});
