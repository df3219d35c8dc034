import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { failureOf, MessageError } from '../../../lambdas/runtime/errors.js';
import { parseBody, type GranuleMessage } from '../../../lambdas/granule/message.js';

function s3Record(key: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'b' }, object: { key, size: 3, eTag: 'e', sequencer: '0055' } },
    ...fields,
  };
}

function s3Event(...records: unknown[]): string {
  return JSON.stringify({ Records: records });
}

function envelope(message: string, fields: Record<string, unknown> = {}): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: 'n-1',
    TopicArn: 'arn:aws:sns:eu-central-1:123456789012:topic',
    Message: message,
    ...fields,
  });
}

function keysOf(body: string): string[] {
  return parseBody(body).messages.map((message) => (message as { key: string }).key);
}

function skippedOf(body: string): string[] {
  const { messages, skipped } = parseBody(body);
  expect(messages).toEqual([]);
  return skipped.map(({ reason }) => reason);
}

describe('an S3 event', () => {
  test('returns the bucket, the decoded key, the href and the details of the object', () => {
    expect(parseBody(s3Event(s3Record('a/b.tif'))).messages).toEqual([
      {
        type: 's3-object',
        bucket: 'b',
        key: 'a/b.tif',
        href: 's3://b/a/b.tif',
        eventName: 'ObjectCreated:Put',
        size: 3,
        eTag: 'e',
        sequencer: '0055',
      },
    ]);
  });

  test('[A01] a plus in a key is a space', () => {
    expect(keysOf(s3Event(s3Record('red+flower/a+b.tif')))).toEqual(['red flower/a b.tif']);
  });

  test('[A02] an encoded plus stays a plus, since spaces are restored before percent-decoding', () => {
    expect(keysOf(s3Event(s3Record('c%2B%2B+%281%29.xml')))).toEqual(['c++ (1).xml']);
  });

  test('[A04] keys are UTF-8; a stray byte is an error that quotes the key', () => {
    expect(keysOf(s3Event(s3Record('%E6%97%A5%E6%9C%AC/caf%C3%A9.xml')))).toEqual([
      '日本/café.xml',
    ]);
    expect(() => parseBody(s3Event(s3Record('bad%E9.xml')))).toThrow(
      "the object key 'bad%E9.xml' is not URL-encoded UTF-8",
    );
  });

  test('[A05] a slash-encoded key is the same object', () => {
    const [plain, encoded] = ['a/b.tif', 'a%2Fb.tif'].map((key) =>
      parseBody(s3Event(s3Record(key))),
    );
    expect(encoded).toEqual(plain);
  });

  test('[A13] removals and expirations are skipped, without size or eTag', () => {
    for (const eventName of [
      'ObjectRemoved:Delete',
      'ObjectRemoved:DeleteMarkerCreated',
      'LifecycleExpiration:Delete',
    ]) {
      const record = { eventName, s3: { bucket: { name: 'b' }, object: { key: 'a' } } };
      expect(skippedOf(s3Event(record))).toEqual(['not-a-creation']);
    }
  });

  test('[A14] prefixed creations count, tag changes do not', () => {
    expect(keysOf(s3Event(s3Record('a', { eventName: 's3:ObjectCreated:Put' })))).toEqual(['a']);
    expect(skippedOf(s3Event(s3Record('a', { eventName: 'ObjectTagging:Put' })))).toEqual([
      'not-a-creation',
    ]);
  });

  test('[A16] a folder marker is skipped, an empty object is not', () => {
    const marker = s3Record('folder/', {
      s3: { bucket: { name: 'b' }, object: { key: 'folder/', size: 0 } },
    });
    expect(skippedOf(s3Event(marker))).toEqual(['folder-marker']);
    const empty = s3Record('x', {
      s3: { bucket: { name: 'b' }, object: { key: 'empty', size: 0 } },
    });
    expect(keysOf(s3Event(empty))).toEqual(['empty']);
    expect(keysOf(s3Event(s3Record('not-empty/')))).toEqual(['not-empty/']);
  });

  test('returns the objects of all records', () => {
    expect(keysOf(s3Event(s3Record('a'), s3Record('b')))).toEqual(['a', 'b']);
  });

  test('[A11] is skipped without records; a record of an unknown shape is an error that quotes it', () => {
    expect(skippedOf(s3Event())).toEqual(['no-records']);
    expect(() => parseBody(s3Event({ eventName: 'x', dynamodb: {} }))).toThrow(
      'not an S3 event record: {"eventName":"x","dynamodb":{}}',
    );
  });

  test('[A04] returns the records that can be read, and a fault for each of the others', () => {
    const body = s3Event({ odd: 1 }, s3Record('a'), s3Record('bad%E9'), s3Record('b/'));
    const { messages, faults = [] } = parseBody(envelope(body));

    expect(messages.map((message) => (message as { key: string }).key)).toEqual(['a', 'b/']);
    expect(faults.map(({ message }) => message)).toEqual([
      'not an S3 event record: {"odd":1}',
      "the object key 'bad%E9' is not URL-encoded UTF-8",
    ]);
  });

  test('[A10] a test event is skipped, raw and inside an SNS envelope', () => {
    const event = JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' });
    expect(skippedOf(event)).toEqual(['test-event']);
    expect(skippedOf(envelope(event))).toEqual(['test-event']);
  });

  test('any other event is a custom message', () => {
    expect(parseBody('{"Event":"my:Event"}').messages).toEqual([
      { type: 'custom', body: { Event: 'my:Event' } },
    ]);
  });
});

test('[A04] a record that cannot be read adds its fault with the cause, and no message', () => {
  const { messages, skipped, faults } = parseBody(s3Event(s3Record('bad%E9'), s3Record('a')));

  expect([messages.length, skipped]).toEqual([1, []]);
  expect(faults).toMatchObject([
    {
      name: 'MessageError',
      message: "the object key 'bad%E9' is not URL-encoded UTF-8",
      cause: expect.objectContaining({ name: 'URIError' }) as unknown,
    },
  ]);
});

describe('an EventBridge event', () => {
  const event = (detailType: string, key: string) =>
    JSON.stringify({
      'detail-type': detailType,
      source: 'aws.s3',
      detail: { bucket: { name: 'b' }, object: { key, size: 1, etag: 'e' }, reason: 'PutObject' },
    });

  test('without a key is not an event about an object', () => {
    expect(parseBody(event('Object Created', '')).messages).toMatchObject([{ type: 'custom' }]);
  });

  test('[A07] returns its key unchanged', () => {
    expect(parseBody(event('Object Created', 'a+b c%41.tif')).messages).toEqual([
      {
        type: 's3-object',
        bucket: 'b',
        key: 'a+b c%41.tif',
        href: 's3://b/a+b c%41.tif',
        eventName: 'ObjectCreated',
        size: 1,
        eTag: 'e',
      },
    ]);
  });

  test('of a removal is skipped', () => {
    expect(skippedOf(event('Object Deleted', 'a'))).toEqual(['not-a-creation']);
  });
});

describe('an SNS envelope', () => {
  test('[A08] returns the same as its message delivered raw', () => {
    const raw = s3Event(s3Record('a+b'));
    expect(parseBody(envelope(raw)).messages).toEqual(parseBody(raw).messages);
    expect(parseBody(envelope(raw)).notificationId).toBe('n-1');
    expect(parseBody(raw)).toStrictEqual({ messages: expect.any(Array), skipped: [] });
    expect(parseBody(envelope(raw, { MessageId: undefined }))).toStrictEqual(parseBody(raw));
  });

  test.each(['', '日本', 'a\nb'])(
    'with the id %j, which a header cannot contain, has no id',
    (MessageId) => {
      const raw = s3Event(s3Record('a'));

      expect(parseBody(envelope(raw, { MessageId }))).toStrictEqual(parseBody(raw));
    },
  );

  test('is found in the event of a function subscribed to a topic', () => {
    const event = JSON.stringify({
      Records: [{ EventSource: 'aws:sns', Sns: JSON.parse(envelope('{"path":"a"}')) as unknown }],
    });
    expect(parseBody(event).messages).toEqual([{ type: 'custom', body: { path: 'a' } }]);
  });

  test('is unwrapped only once', () => {
    const inner = envelope('x');
    expect(parseBody(envelope(inner)).messages).toEqual([
      { type: 'custom', body: JSON.parse(inner) as unknown },
    ]);
  });

  test('[A25] a subscription confirmation is skipped, and says how to confirm', () => {
    const body = envelope('You have chosen to subscribe', {
      Type: 'SubscriptionConfirmation',
      SubscribeURL: 'https://evil.example.com/',
    });
    const { messages, skipped } = parseBody(body);
    expect(messages).toEqual([]);
    const topic = 'arn:aws:sns:eu-central-1:123456789012:topic';
    expect(skipped).toEqual([
      {
        reason: 'subscription-confirmation',
        detail:
          `SubscriptionConfirmation from ${topic}: if this topic is yours, confirm with 'aws sns confirm-subscription ` +
          `--topic-arn ${topic} --token ...' (the token is in the message)`,
      },
    ]);
  });
});

describe('a message of SNS', () => {
  test('that confirms the removal of a subscription is skipped', () => {
    const body = envelope('You have been unsubscribed', { Type: 'UnsubscribeConfirmation' });

    expect(skippedOf(body)).toEqual(['subscription-confirmation']);
  });

  test('without a topic ARN says that the topic has no name', () => {
    const body = envelope('', { Type: 'SubscriptionConfirmation', TopicArn: undefined });

    expect(parseBody(body).skipped[0]?.detail).toMatch(
      /^SubscriptionConfirmation from an unnamed topic: /,
    );
  });

  test('of an unknown type is a custom message', () => {
    const body = envelope('x', { Type: '' });

    expect(parseBody(body).messages).toEqual([
      { type: 'custom', body: JSON.parse(body) as unknown },
    ]);
  });
});

describe('the detail of a skipped message is', () => {
  test.each([
    ['{"Event":"s3:TestEvent"}', 's3:TestEvent, which S3 sends when a notification is configured'],
    ['{"Records":[]}', 'Records is empty'],
    [
      s3Event(s3Record('a+b', { eventName: 's3:ObjectRemoved:Delete' })),
      'ObjectRemoved:Delete of s3://b/a b',
    ],
    [
      s3Event(s3Record('f/', { s3: { bucket: { name: 'b' }, object: { key: 'f/', size: 0 } } })),
      's3://b/f/',
    ],
  ])('%s', (body, detail) => {
    expect(parseBody(body)).toMatchObject({ messages: [], skipped: [{ detail }] });
  });
});

describe('a custom message', () => {
  test.each<[string, unknown]>([
    ['{"path":"GRD/x"}', { path: 'GRD/x' }],
    ['Copernicus_DSM_COG_10_N00', 'Copernicus_DSM_COG_10_N00'],
    ['{}', {}],
    ['[1]', [1]],
    ['7', 7],
    ['{"cut', '{"cut'],
  ])('%s has its JSON value, or its text, as the body', (body, value) => {
    expect(parseBody(body)).toEqual({ messages: [{ type: 'custom', body: value }], skipped: [] });
  });

  test('is an error if it is empty', () => {
    expect(() => parseBody(' \n')).toThrow(new MessageError('the message is empty'));
  });
});

describe('for any input', () => {
  const formEncode = (key: string) => encodeURIComponent(key).replaceAll('%20', '+');

  test('a key is the same raw, through SNS and through EventBridge', () => {
    const anyKey = fc.string({ unit: 'grapheme-composite', minLength: 1 });
    fc.assert(
      fc.property(anyKey, (key) => {
        const event = s3Event(s3Record(formEncode(key)));
        const href = (message: GranuleMessage | undefined) => (message as { href: string }).href;
        expect(keysOf(event)).toEqual([key]);
        expect(keysOf(envelope(event))).toEqual([key]);
        expect(href(parseBody(event).messages[0])).toBe(`s3://b/${key}`);
      }),
    );
  });

  test('a body returns a result or throws a MessageError', () => {
    const jsonBody = fc.jsonValue().map((value) => JSON.stringify(value));
    const records = fc.array(fc.jsonValue()).map((values) => JSON.stringify({ Records: values }));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          jsonBody,
          records,
          jsonBody.map((text) => envelope(text)),
        ),
        (body) => {
          try {
            const { messages, skipped } = parseBody(body);
            expect(messages.length + skipped.length).toBeGreaterThan(0);
          } catch (error) {
            expect(failureOf(error)).toMatchObject({ name: 'MessageError', kind: 'permanent' });
          }
        },
      ),
    );
  });
});
