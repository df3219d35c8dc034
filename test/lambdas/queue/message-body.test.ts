import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sendableBody as sendable } from '../../../lambdas/queue/send-messages.js';
import { parseBody } from '../../../lambdas/granule/message.js';

function sendableBody(body: string): string {
  return sendable(body).body;
}

// @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
function sqsTakes(body: string): boolean {
  return Array.from(body).every((character) => {
    const code = character.codePointAt(0) ?? 0;
    const low = code === 0x9 || code === 0xa || code === 0xd || (code >= 0x20 && code <= 0xd7ff);
    return low || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
  });
}

test('[A22] JSON with U+FFFF or U+0007 in a key is escaped to ASCII and reads the same', () => {
  const body = JSON.stringify({ key: 'a\uffff\u0007é.tif' });

  const sent = sendableBody(body);

  expect(sent).toBe('{"key":"a\\uffff\\u0007\\u00e9.tif"}');
  expect(JSON.parse(sent)).toEqual(JSON.parse(body));
});

test('[A22] JSON may start with spaces and line breaks', () => {
  expect(sendableBody(' \n["\uffff"]')).toBe(' \n["\\uffff"]');
});

test('[A22] a bare key that SQS rejects becomes a JSON string, which is read as the same key', () => {
  const [message] = parseBody(sendableBody('a\uffff')).messages;

  expect(message).toEqual({ type: 'custom', body: 'a\uffff' });
});

test('a text that SQS accepts is unchanged', () => {
  for (const body of ['a b/é.tif', '{not json é', '{"a":1}', '']) {
    expect(sendableBody(body)).toBe(body);
  }
});

test('SQS accepts every result, and JSON keeps its value', () => {
  const any = fc.string({ unit: 'binary' });
  const odd = fc.string({
    unit: fc.constantFrom('\ud800', '\uffff', '\u0000', '"', '{', 'é', '😀'),
  });
  fc.assert(
    fc.property(fc.oneof(any, odd), (key) => {
      const json = sendableBody(JSON.stringify({ key }));

      expect(sqsTakes(sendableBody(key))).toBe(true);
      expect(sqsTakes(json)).toBe(true);
      expect(JSON.parse(json)).toEqual({ key });
    }),
  );
});

test('bytes are counted as UTF-8', () => {
  expect(['abc', 'é', '😀', '"é"'].map((body) => sendable(body).bytes)).toEqual([3, 2, 4, 8]);
});
