import { beforeEach, describe, expect, test } from '@jest/globals';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import {
  deadLetterAttributes,
  MAX_MESSAGE_BYTES,
  recordQueue,
  type DeadLetterReason,
} from '../../../lambdas/queue/dead-letters.js';
import { received, sqsRecord } from '../../support/granule.js';

const reason: DeadLetterReason = {
  failure: { kind: 'permanent', name: 'GranuleError', message: 'no footprint' },
  pipeline: 'sentinel1',
  correlationId: 'c-1',
  itemId: 'S1A',
};

describe('a dead letter', () => {
  const mock = mockClient(SQSClient);
  const queue = recordQueue({
    queueUrl: 'https://sqs/q',
    deadLettersUrl: 'https://sqs/dead',
    sqs: new SQSClient({ region: 'eu-central-1' }),
  });

  beforeEach(() => {
    mock.reset();
  });

  test('has the unchanged body, and the reason in its attributes', async () => {
    const body = '{ "path":\t"GRD/ä" }';

    await queue.sendToDeadLetters(sqsRecord(body, received(3)), reason);

    const [call] = mock.commandCalls(SendMessageCommand);
    const input = call?.args[0].input;
    expect([input?.QueueUrl, input?.MessageBody]).toEqual(['https://sqs/dead', body]);
    const values = Object.entries(input?.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
      name,
      StringValue,
    ]);
    expect(Object.values(input?.MessageAttributes ?? {})).toContainEqual({
      DataType: 'String',
      StringValue: 'no footprint',
    });
    expect(Object.fromEntries(values)).toMatchObject({
      reason: 'no footprint',
      error: 'GranuleError',
      kind: 'permanent',
      receive_count: '3',
      correlation_id: 'c-1',
      pipeline: 'sentinel1',
      item_id: 'S1A',
    });
  });

  test('says why, when, and for what message and Item, the most important first', () => {
    const attributes = deadLetterAttributes(sqsRecord('x', received(3, 1_700_000_000_123)), reason);

    expect(Object.entries(attributes)).toEqual([
      ['reason', 'no footprint'],
      ['error', 'GranuleError'],
      ['kind', 'permanent'],
      ['failed_at', expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)],
      ['message_id', 'm-x'],
      ['receive_count', '3'],
      ['sent_timestamp', '1700000000123'],
      ['correlation_id', 'c-1'],
      ['pipeline', 'sentinel1'],
      ['item_id', 'S1A'],
    ]);
  });

  const marked = (body: string) =>
    sqsRecord(body, {
      messageAttributes: { backfill: { stringValue: 'sentinel1', dataType: 'String' } },
    });

  test('[N01] of a backfill keeps that attribute in place of the pipeline, which is its value', () => {
    const attributes = deadLetterAttributes(marked('x'), reason);

    expect(Object.keys(attributes)).toHaveLength(10);
    expect(attributes).toMatchObject({ backfill: 'sentinel1', item_id: 'S1A' });
    expect(attributes).not.toHaveProperty('pipeline');
  });

  test('[N01] keeps that attribute next to a body that leaves room for nothing else', () => {
    const ofBackfill = 'backfillStringsentinel1'.length;
    const attributesWith = (roomBytes: number) =>
      deadLetterAttributes(marked('x'.repeat(MAX_MESSAGE_BYTES - ofBackfill - roomBytes)), reason);

    expect(attributesWith(0)).toEqual({ backfill: 'sentinel1' });
    expect(attributesWith('reasonStringno footprint'.length - 1)).toEqual({
      backfill: 'sentinel1',
      reason: 'no footprin',
    });
    // A queue may accept messages of 1 MiB.
    expect(deadLetterAttributes(marked('x'.repeat(2 * MAX_MESSAGE_BYTES)), reason)).toEqual({
      backfill: 'sentinel1',
    });
  });

  test('omits missing values, because SQS rejects empty ones', () => {
    const failure = { ...reason.failure, message: '' };
    const attributes = deadLetterAttributes(sqsRecord('x'), {
      ...reason,
      failure,
      itemId: undefined,
    });

    expect(attributes).not.toHaveProperty('item_id');
    expect(attributes).not.toHaveProperty('reason');
    expect(attributes['error']).toBe('GranuleError');
  });

  test('keeps 2,000 characters of the reason, and replaces those that SQS rejects', () => {
    const reasonOf = (message: string) =>
      deadLetterAttributes(sqsRecord('x'), { ...reason, failure: { ...reason.failure, message } })[
        'reason'
      ];

    expect(reasonOf('x'.repeat(2_001))).toBe('x'.repeat(2_000));
    expect(reasonOf('a\0b\u{1f}c\td\ne\u{ffff}f\u{1f600}')).toBe(
      'a\u{fffd}b\u{fffd}c\td\ne\u{fffd}f\u{1f600}',
    );
  });

  test('is cut before a character that does not fit completely', () => {
    const room = 'reasonString'.length + 4;
    const record = sqsRecord('x'.repeat(MAX_MESSAGE_BYTES - room));
    const failure = { ...reason.failure, message: 'aä\u{1f600}b' };

    expect(deadLetterAttributes(record, { ...reason, failure })).toEqual({ reason: 'aä' });
  });

  test('keeps the replacement characters that do not come from the cut', () => {
    const reasonWithin = (roomBytes: number, message: string) =>
      deadLetterAttributes(
        sqsRecord('x'.repeat(MAX_MESSAGE_BYTES - 'reasonString'.length - roomBytes)),
        { ...reason, failure: { ...reason.failure, message } },
      )['reason'];

    // A mark is three bytes.
    expect(reasonWithin(4, 'a\0')).toBe('a\u{fffd}');
    expect(reasonWithin(5, 'a\0')).toBe('a\u{fffd}');
    expect(reasonWithin(6, 'a\0b\u{1f600}')).toBe('a\u{fffd}b');
  });

  test('omits attributes that the body leaves no room for, the least important first', () => {
    const attributesWith = (roomBytes: number) =>
      deadLetterAttributes(sqsRecord('x'.repeat(MAX_MESSAGE_BYTES - roomBytes)), reason);
    const ofReason = 'reasonStringno footprint'.length;

    expect(attributesWith(0)).toEqual({});
    expect(attributesWith(ofReason)).toEqual({ reason: 'no footprint' });
    expect(attributesWith(ofReason + 'errorString'.length + 1)).toEqual({
      reason: 'no footprint',
      error: 'G',
    });
  });

  test('has at most ten attributes, the limit of SQS', () => {
    expect(Object.keys(deadLetterAttributes(sqsRecord('x'), reason)).length).toBeLessThanOrEqual(
      10,
    );
  });

  test('fits next to any body, with any reason', () => {
    const anyReason = fc.string({ unit: 'binary', maxLength: 4_000 });
    const anySize = fc.integer({ min: MAX_MESSAGE_BYTES - 5_000, max: MAX_MESSAGE_BYTES });
    fc.assert(
      fc.property(anyReason, anySize, (message, bytes) => {
        const record = sqsRecord('x'.repeat(bytes));
        const attributes = deadLetterAttributes(record, {
          ...reason,
          failure: { ...reason.failure, message },
        });
        const entries = Object.entries(attributes);
        const size = entries.map(
          ([name, value]) => Buffer.byteLength(name + value) + 'String'.length,
        );

        expect(bytes + size.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(
          MAX_MESSAGE_BYTES,
        );
        for (const [, value] of entries) {
          expect(value).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u);
        }
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    [0, 0],
    [14.6, 15],
    [99_999, 43_200],
  ])('a delay of %d s is a visibility timeout of %d s', async (delay, seconds) => {
    await queue.returnLater(sqsRecord('x'), delay);

    const [call] = mock.commandCalls(ChangeMessageVisibilityCommand);
    expect(call?.args[0].input).toEqual({
      QueueUrl: 'https://sqs/q',
      ReceiptHandle: 'receipt-x',
      VisibilityTimeout: seconds,
    });
  });
});
