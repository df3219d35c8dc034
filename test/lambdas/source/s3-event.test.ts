import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBody } from '../../../lambdas/granule/message.js';
import { sendableBody } from '../../../lambdas/queue/send-messages.js';
import { encodedS3Key, s3EventBody } from '../../../lambdas/source/s3-event.js';

/** The messages that the body becomes once it was sent through SQS. */
function received(body: string) {
  return parseBody(sendableBody(body).body);
}

describe('s3EventBody', () => {
  test.each([
    'a/b.tif',
    'red flower/a+b.tif',
    'a  b/ c .tif ',
    '100%/50%25.tif',
    'a%2Fb%20c.tif',
    'größe/日本語/😀.tif',
    "it's (1) [2] {3}!*~.tif",
    'a&b=c?d#e;f,g:h@i$.tif',
    'a\\b"c\td\ne.tif',
    '//a//b/../c/.',
    'folder/',
    '+',
    '\u0001\u007f\u2028\ufffe',
  ])('[N01] the event of %j names that object', (key) => {
    const { messages, skipped } = received(s3EventBody('waves', key));

    expect(skipped).toEqual([]);
    expect(messages).toEqual([
      {
        type: 's3-object',
        bucket: 'waves',
        key,
        href: `s3://waves/${key}`,
        eventName: 'ObjectCreated:Put',
      },
    ]);
  });

  test('[N01] the event of any key names that object', () => {
    const unit = fc.oneof(
      fc.constantFrom('+', ' ', '%', '%20', '%2B', '/', '&', '=', '"', '\\', 'ä', '😀'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    const anyKey = fc.string({ unit, minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(received(s3EventBody('waves', key)).messages).toMatchObject([{ key }]);
      }),
    );
  });

  test('[N01] a key is encoded as S3 encodes it, so that the body is ASCII', () => {
    expect(encodedS3Key('red flower/a+b (1).tif')).toBe('red+flower/a%2Bb+%281%29.tif');
    expect(encodedS3Key('ä%/-_.*')).toBe('%C3%A4%25/-_.*');
    expect(s3EventBody('waves', 'ä 😀')).toMatch(/^[ -~]+$/);
  });

  test.each<[string, unknown, string]>([
    ['', 'a.tif', '(given "", "a.tif")'],
    ['waves', '', '(given "waves", "")'],
    ['waves', undefined, '(given "waves", undefined)'],
    ['waves', 'a\ud800.tif', '(given "waves", "a\\ud800.tif")'],
  ])('[N01] the bucket %j and the key %j are refused', (bucket, key, given) => {
    expect(() => s3EventBody(bucket, key as string)).toThrow(
      `s3EventBody(bucket, key) needs a bucket and a key of valid Unicode ${given}: return undefined`,
    );
  });
});
