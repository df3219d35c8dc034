import { describe, expect, test } from '@jest/globals';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import {
  judgeAnswer,
  tokenMissing,
  tokenRefused,
  type Posted,
} from '../../../lambdas/ingestor/answer.js';

const POSTED: Posted = { url: 'https://ingestor/prod/ingestions', what: 'Item' };

function judge(status: number, body: unknown = '', headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return judgeAnswer({ status, headers, body: Buffer.from(text) }, POSTED);
}

function refusal(...answer: Parameters<typeof judge>): IngestorError {
  const verdict = judge(...answer);
  if (typeof verdict === 'string') throw new Error(`no refusal: ${verdict}`);
  return verdict;
}

describe('a verdict', () => {
  test.each([200, 201, 202])('of %d is done', (status) => {
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
  ] as const)('of %d is a refusal, and %s', (status, kind) => {
    expect(refusal(status, 'no')).toMatchObject({ name: 'IngestorError', status, kind });
  });

  test('of 409 is done for an Item, and a permanent refusal for a Collection', () => {
    const answer = { status: 409, headers: {}, body: Buffer.from('exists') };

    expect(judgeAnswer(answer, POSTED)).toBe('done');
    expect(judgeAnswer(answer, { ...POSTED, what: 'Collection' })).toMatchObject({
      status: 409,
      kind: 'permanent',
    });
  });

  test('of 401, and of 403 for the token, is that the token was refused', () => {
    expect(judge(401)).toBe('token-refused');
    expect(judge(403, { detail: 'Bad auth token' })).toBe('token-refused');
    expect(judge(403, { message: 'Forbidden' })).toBeInstanceOf(IngestorError);
    expect(judge(400, { detail: 'Bad auth token' })).toBeInstanceOf(IngestorError);
  });
});

describe('an answer of another form than the ingestor gives', () => {
  test.each([
    [{ detail: [{ loc: 'body', msg: 'no' }] }, 'no'],
    [{ detail: [{ loc: { a: 1 }, msg: { why: 'no' } }] }, '{"why":"no"}'],
    [{ detail: [{ loc: null }, null, 3] }, '(no message)'],
    [{ detail: [{ loc: ['body', 0], msg: null }] }, 'body.0: null'],
  ])('%j is refused with what it says', (body, told) => {
    expect(refusal(422, body)).toMatchObject({
      name: 'IngestorError',
      kind: 'permanent',
      message: `POST https://ingestor/prod/ingestions answered 422: ${told}`,
    });
  });
});

describe('a redirect', () => {
  test.each([300, 302, 399])('%d says where to, and what to set', (status) => {
    const error = refusal(status, '', { location: 'https://new/' });

    expect(error).toMatchObject({ status, kind: 'transient' });
    expect(error.message).toBe(
      `POST https://ingestor/prod/ingestions answered ${status} and redirects to https://new/: ` +
        'a redirected POST loses its body, so set ingestor_url to the final URL',
    );
  });

  test('to nowhere says so', () => {
    expect(refusal(302).message).toContain('redirects to nowhere:');
  });

  test('is none at 299 or 400', () => {
    expect(refusal(299).message).not.toContain('redirects');
    expect(refusal(400).message).not.toContain('redirects');
  });
});

describe('a busy ingestor', () => {
  test.each([408, 429, 502, 503, 504])('of %d is left alone as long as it asks for', (status) => {
    expect(refusal(status, 'later', { 'retry-after': '7' })).toMatchObject({
      kind: 'transient',
      status,
      retryAfterMs: 7_000,
      message: `POST https://ingestor/prod/ingestions answered ${status}: later`,
    });
    expect(refusal(status)).toMatchObject({ retryAfterMs: 0 });
  });

  test('of 500 is not, since that is a fault as well', () => {
    expect(refusal(500)).not.toHaveProperty('retryAfterMs');
  });
});

describe('with 400 or 422 a fault passes', () => {
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
  ])("when it says '%s'", (message) => {
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
  ])("never when it says '%s'", (message) => {
    expect(refusal(400, { detail: message }).kind).toBe('permanent');
  });

  test('only when every entry does, and there is one', () => {
    const [passing, staying] = [{ msg: 'received 503 response code' }, { msg: 'field required' }];

    expect(refusal(422, { detail: [passing, passing] }).kind).toBe('transient');
    expect(refusal(422, { detail: [passing, staying] }).kind).toBe('permanent');
    expect(refusal(422, { detail: [] }).kind).toBe('permanent');
    expect(refusal(422, { detail: [{ loc: ['body'] }] }).kind).toBe('permanent');
  });
});

describe('what the ingestor says is quoted', () => {
  const detailOf = (body: unknown) =>
    refusal(422, body).message.replace('POST https://ingestor/prod/ingestions answered 422: ', '');

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

  test('up to 300 characters an entry', () => {
    const detail = detailOf({ detail: [{ msg: 'x'.repeat(301) }] });

    expect(detail).toContain('x'.repeat(300));
    expect(detail).not.toContain('x'.repeat(301));
  });

  test.each([
    [403, '(is the stage in ingestor_url right, and does a firewall let this through?)'],
    [404, '(is the path of ingestor_url right?)'],
    [405, '(is the path of ingestor_url right?)'],
    [500, '(it answers so, too, when the key of the token is not in its JWKS_URL)'],
  ])('with what to look at for %d', (status, hint) => {
    expect(refusal(status, 'no').message).toBe(
      `POST https://ingestor/prod/ingestions answered ${status}: no ${hint}`,
    );
  });

  test('with no such hint for other statuses', () => {
    expect(refusal(422, 'no').message).toBe(
      'POST https://ingestor/prod/ingestions answered 422: no',
    );
  });
});

test('a new token that is refused as well is a transient error that names what to check', () => {
  expect(tokenRefused({ status: 403, headers: {}, body: Buffer.alloc(0) }, POSTED)).toMatchObject({
    kind: 'transient',
    status: 403,
    message:
      'POST https://ingestor/prod/ingestions answered 403 to a new access token as well: does its JWKS_URL ' +
      'belong to the pool of cognito_domain, and is its clock right?',
  });
});

test('a request without a token that is refused names what gives one', () => {
  expect(tokenMissing({ status: 401, headers: {}, body: Buffer.alloc(0) }, POSTED)).toMatchObject({
    kind: 'transient',
    status: 401,
    message:
      'POST https://ingestor/prod/ingestions answered 401, and no access token was sent: set INGESTOR_TOKEN, ' +
      'INGESTOR_SECRET or SECRET_ARN',
  });
});
