import { describe, expect, test } from '@jest/globals';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import {
  judgeResponse,
  tokenMissing,
  tokenRefused,
  type Posted,
} from '../../../lambdas/ingestor/response.js';

const POSTED: Posted = { url: 'https://ingestor/prod/ingestions', what: 'Item', id: 'scene-1' };

function judge(status: number, body: unknown = '', headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return judgeResponse({ status, headers, body: Buffer.from(text) }, POSTED);
}

function refusal(...response: Parameters<typeof judge>): IngestorError {
  const verdict = judge(...response);
  if (typeof verdict === 'string') throw new Error(`not refused: ${verdict}`);
  return verdict;
}

describe('a response', () => {
  test.each([200, 201, 202])('with status %d means that the post is done', (status) => {
    expect(judge(status)).toBe('done');
  });

  test.each([
    [204, 'transient'],
    [400, 'permanent'],
    [404, 'transient'],
    [413, 'permanent'],
    [418, 'transient'],
    [422, 'permanent'],
    [500, 'transient'],
  ] as const)('with status %d is a refusal: %s', (status, kind) => {
    expect(refusal(status, 'no')).toMatchObject({ name: 'IngestorError', status, kind });
  });

  test('with status 409 is success for an Item and a permanent error for a Collection', () => {
    const response = { status: 409, headers: {}, body: Buffer.from('Item already exists') };

    expect(judgeResponse(response, POSTED)).toBe('done');
    expect(judgeResponse(response, { ...POSTED, what: 'Collection' })).toMatchObject({
      status: 409,
      kind: 'permanent',
    });
  });

  test('with status 401, or 403 because of the token, means that the token was refused', () => {
    expect(judge(401)).toBe('token-refused');
    expect(judge(403, { detail: 'Bad auth token' })).toBe('token-refused');
    expect(judge(403, { message: 'Forbidden' })).toBeInstanceOf(IngestorError);
    expect(judge(400, { detail: 'Bad auth token' })).toBeInstanceOf(IngestorError);
  });
});

describe('a response in another form than that of the ingestor', () => {
  test.each([
    [{ detail: [{ loc: 'body', msg: 'no' }] }, 'no'],
    [{ detail: [{ loc: { a: 1 }, msg: { why: 'no' } }] }, '{"why":"no"}'],
    [{ detail: [{ loc: null }, null, 3] }, '(no message)'],
    [{ detail: [{ loc: ['body', 0], msg: null }] }, 'body.0: null'],
  ])('%j is quoted in the error', (body, detail) => {
    expect(refusal(422, body)).toMatchObject({
      name: 'IngestorError',
      kind: 'permanent',
      message: `POST https://ingestor/prod/ingestions returned 422: ${detail}`,
    });
  });
});

describe('a redirect', () => {
  test.each([300, 302, 399])(
    'with status %d names its target and the setting to change',
    (status) => {
      const error = refusal(status, '', { location: 'https://new/' });

      expect(error).toMatchObject({ status, kind: 'transient' });
      expect(error.message).toBe(
        `POST https://ingestor/prod/ingestions returned ${status}, a redirect to https://new/: ` +
          'a redirected POST loses its body, so set ingestor_url to the final URL',
      );
    },
  );

  test('without a location says so', () => {
    expect(refusal(302).message).toContain('a redirect to an unknown location:');
  });

  test('is not assumed for 299 or 400', () => {
    expect(refusal(299).message).not.toContain('redirect');
    expect(refusal(400).message).not.toContain('redirect');
  });
});

describe('a response of a busy ingestor', () => {
  test.each([408, 429, 502, 503, 504])(
    'with status %d is retried after the time in Retry-After',
    (status) => {
      expect(refusal(status, 'later', { 'retry-after': '7' })).toMatchObject({
        kind: 'transient',
        status,
        retryAfterMs: 7_000,
        message: `POST https://ingestor/prod/ingestions returned ${status}: later`,
      });
      expect(refusal(status)).toMatchObject({ retryAfterMs: 0 });
    },
  );

  test('with status 500 has no such time, because it may be a fault of the ingestor', () => {
    expect(refusal(500)).not.toHaveProperty('retryAfterMs');
  });
});

describe('a response 400 or 422 is transient', () => {
  test.each([
    'received 503 response code',
    'Received 429 response code from s3',
    'received 408 response code',
    'Asset not accessible: https://x answered 502',
    'Asset not accessible: 429 for x',
    'Asset not accessible: SlowDown',
    'Asset not accessible: slow down please',
    'Asset not accessible: the bucket answered Slow Down',
    'Asset not accessible: Throttling',
    'Asset not accessible: too many requests',
    'Asset not accessible: reduce your request rate',
    'Asset not accessible: time out',
    'Asset not accessible: timed out',
    'Asset not accessible: timeout',
    "Invalid collection 'x', got 404 response code",
    'connection refused by the database',
    'Timeout expired',
  ])("if it says '%s'", (message) => {
    expect(refusal(400, { detail: message }).kind).toBe('transient');
    expect(refusal(422, { detail: [{ loc: ['body'], msg: message }] }).kind).toBe('transient');
  });

  test.each([
    'received 404 response code',
    'received 50 response code',
    'Asset not accessible: 404',
    'Asset not accessible: 4290 bytes',
    'Asset not accessible: forbidden',
    'Invalid collection x: no such',
    'field required',
  ])("but not if it says '%s'", (message) => {
    expect(refusal(400, { detail: message }).kind).toBe('permanent');
  });

  test('only if it has entries and all of them are transient', () => {
    const [transient, permanent] = [
      { msg: 'received 503 response code' },
      { msg: 'field required' },
    ];

    expect(refusal(422, { detail: [transient, transient] }).kind).toBe('transient');
    expect(refusal(422, { detail: [transient, permanent] }).kind).toBe('permanent');
    expect(refusal(422, { detail: [] }).kind).toBe('permanent');
    expect(refusal(422, { detail: [{ loc: ['body'] }] }).kind).toBe('permanent');
  });
});

describe('the error quotes the response', () => {
  const detailOf = (body: unknown) =>
    refusal(422, body).message.replace('POST https://ingestor/prod/ingestions returned 422: ', '');

  test.each([
    ['', '(no body)'],
    [' \n', '(no body)'],
    [' plain text ', 'plain text'],
    ['[1]', '[1]'],
    ['null', 'null'],
    [{ detail: 'a text' }, 'a text'],
    [{ message: 'of API Gateway' }, 'of API Gateway'],
    [{ detail: 'first', message: 'second' }, 'first'],
    [{ other: 1 }, '{"other":1}'],
    [{ detail: [] }, '{"detail":[]}'],
    [{ detail: [null, 'x', { msg: 'm' }] }, 'm'],
    [{ detail: [{ loc: ['body', 'id'], msg: 'required', input: 'secret' }] }, 'body.id: required'],
    [{ detail: [{ msg: '1' }, { msg: '2' }, { msg: '3' }] }, '1; 2; 3'],
    [
      { detail: [{ msg: '1' }, { msg: '2' }, { msg: '3' }, { msg: '4' }, { msg: '5' }] },
      '1; 2; 3; and 2 more',
    ],
  ])('%j as %j', (body, detail) => {
    expect(detailOf(body)).toBe(detail);
  });

  test('up to 300 characters for each entry', () => {
    const detail = detailOf({ detail: [{ msg: 'x'.repeat(301) }] });

    expect(detail).toContain('x'.repeat(300));
    expect(detail).not.toContain('x'.repeat(301));
  });

  test.each([
    [403, '(check the stage in ingestor_url, and whether a firewall blocks the request)'],
    [404, '(check the path of ingestor_url)'],
    [405, '(check the path of ingestor_url)'],
    [500, "(also returned when the token's signing key is not in its JWKS_URL)"],
  ])('with a hint for status %d', (status, hint) => {
    expect(refusal(status, 'no').message).toBe(
      `POST https://ingestor/prod/ingestions returned ${status}: no ${hint}`,
    );
  });

  test('without a hint for other statuses', () => {
    expect(refusal(422, 'no').message).toBe(
      'POST https://ingestor/prod/ingestions returned 422: no',
    );
  });
});

test('the refusal of a new token is a transient error that says what to check', () => {
  expect(tokenRefused({ status: 403, headers: {}, body: Buffer.alloc(0) }, POSTED)).toMatchObject({
    kind: 'transient',
    status: 403,
    message:
      "POST https://ingestor/prod/ingestions returned 403 even with a new access token: check that the ingestor's " +
      'JWKS_URL belongs to the user pool of cognito_domain, and that its clock is right',
  });
});

test('the refusal of a request without a token names the variables that provide one', () => {
  expect(tokenMissing({ status: 401, headers: {}, body: Buffer.alloc(0) }, POSTED)).toMatchObject({
    kind: 'transient',
    status: 401,
    message:
      'POST https://ingestor/prod/ingestions returned 401, and no access token was sent: set INGESTOR_TOKEN, ' +
      'INGESTOR_SECRET or SECRET_ARN',
  });
});
