import { expect, test } from '@jest/globals';
import { correlationIdOf, tryCorrelationId } from '../../../lambdas/granule/correlation-id.js';
import { sqsRecord } from '../../support/granule.js';

test.each(['n-1', 'b7f1c0de-0000-4000-8000-000000000000', '!~', 'x'.repeat(128)])(
  '%s is a valid id',
  (given) => {
    expect(tryCorrelationId(given)).toBe(given);
  },
);

test.each(['', ' ', 'a b', 'a\r\nX-Evil: 1', 'é', '日本', '\uffff', '\ud800', 'x'.repeat(129)])(
  '%j is not a valid id, because a header cannot contain it',
  (given) => {
    expect(tryCorrelationId(given)).toBeUndefined();
  },
);

test('the correlation id is the one that the record was sent with, or else the message id', () => {
  const attribute = (stringValue: string) => ({
    correlation_id: { dataType: 'String', stringValue },
  });
  const record = (stringValue: string) =>
    sqsRecord('a', { messageId: 'm-1', messageAttributes: attribute(stringValue) });

  expect(correlationIdOf(record('c-1'))).toBe('c-1');
  expect(correlationIdOf(record('c\n1'))).toBe('m-1');
  expect(correlationIdOf(sqsRecord('a', { messageId: 'm-1' }))).toBe('m-1');
});
