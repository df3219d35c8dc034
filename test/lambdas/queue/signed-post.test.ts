import { createHash, createHmac } from 'node:crypto';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signedPost } from '../../../lambdas/queue/signed-post.js';
import { httpServer, json, type Answer, type SeenRequest } from '../../support/http-server.js';

const SECRET = 'the secret';
const ENTRIES = [
  { Id: '0', MessageBody: '{"key":"a b"}' },
  { Id: '1', MessageBody: 'é😀' },
];
const TAKEN = ENTRIES.map(({ Id, MessageBody }) => ({
  Id,
  MessageId: `m${Id}`,
  MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
}));

let before: NodeJS.ProcessEnv;
let answer: Answer;
let server: Awaited<ReturnType<typeof httpServer>>;

beforeEach(async () => {
  before = process.env;
  process.env = { ...before, AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_SQS: '', _X_AMZN_TRACE_ID: '' };
  answer = json(200, { Successful: TAKEN });
  server = await httpServer((request, response) => {
    answer(request, response);
  });
});

afterEach(async () => {
  process.env = before;
  await server.close();
});

const OPTIONS = {
  region: 'us-west-2',
  maxAttempts: 1,
  credentials: { accessKeyId: 'KEY', secretAccessKey: SECRET, sessionToken: 'token' },
};

/** The SDK warns of a queue elsewhere than its endpoint. */
const silent = (): void => undefined;
const SILENT = { debug: silent, info: silent, warn: silent, error: silent };

function client(): SQSClient {
  return new SQSClient({ ...OPTIONS, endpoint: server.url });
}

const queueUrl = (): string => `${server.url}/123456789012/granules`;
const post = () => signedPost(queueUrl(), client())(ENTRIES);

/** Signature Version 4 of what arrived, worked out without the SDK. */
function signatureOf({ method, url, headers, body }: SeenRequest): string {
  const authorization = headers.authorization ?? '';
  const [, scope = '', names = ''] =
    /Credential=KEY\/([^,]+), SignedHeaders=([^,]+),/.exec(authorization) ?? [];
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const signed = names.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const canonical = [method, url, '', signed.join(''), names, sha256(body)].join('\n');
  const time = String(headers['x-amz-date']);
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${SECRET}`,
    );
  return createHmac('sha256', key).update(text).digest('hex');
}

describe('the request', () => {
  test('is the one that the SDK makes', async () => {
    await post();
    await client().send(new SendMessageBatchCommand({ QueueUrl: queueUrl(), Entries: ENTRIES }));

    const [ours, theirs] = server.seen.map(({ method, url, headers, body }) => ({
      method,
      url,
      body: JSON.parse(body) as unknown,
      type: headers['content-type'],
      target: headers['x-amz-target'],
      token: headers['x-amz-security-token'],
      scope: headers.authorization?.replace(/,.*/, ''),
    }));
    expect(ours).toEqual(theirs);
  });

  test('is signed, with its host, action, time and token', async () => {
    await post();

    const [request] = server.seen;
    const { authorization } = request?.headers ?? {};
    for (const name of ['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target']) {
      expect(authorization).toMatch(new RegExp(`SignedHeaders=[^,]*\\b${name}\\b`));
    }
    expect(authorization).toMatch(new RegExp(`Signature=${request && signatureOf(request)}$`));
  });

  test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_SQS'])(
    "goes to the queue's own host as the SDK does, whatever %s says",
    async (name) => {
      process.env[name] = 'http://127.0.0.1:1';
      const theirs = new SQSClient({ ...OPTIONS, logger: SILENT });

      expect(await signedPost(queueUrl(), theirs)(ENTRIES)).toEqual([]);
      await theirs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl(), Entries: ENTRIES }));

      expect(server.seen.map(({ url }) => url)).toEqual(['/', '/']);
    },
  );

  test("carries the invocation's trace", async () => {
    process.env['_X_AMZN_TRACE_ID'] = 'Root=1-2-3';

    await post();

    expect(server.seen[0]?.headers['x-amzn-trace-id']).toBe('Root=1-2-3');
  });
});

describe('the answer', () => {
  test('tells which entries failed', async () => {
    const failed = { Id: '0', SenderFault: true, Code: 'InvalidMessageContents', Message: 'bad' };
    answer = json(200, { Successful: TAKEN.slice(1), Failed: [failed] });

    expect(await post()).toEqual([failed]);
  });

  test('without failures may leave them out', async () => {
    expect(await post()).toEqual([]);
    answer = json(200, { Successful: TAKEN, Failed: [] });
    expect(await post()).toEqual([]);
  });

  const [first, second] = TAKEN;
  test.each<[string, number, unknown]>([
    ['of another status', 500, { Successful: TAKEN }],
    ['that refuses the call', 400, { __type: 'com.amazonaws.sqs#QueueDoesNotExist' }],
    ['that is no JSON', 200, '<html>'],
    ['of another form', 200, { Successful: [{ Id: 0 }] }],
    ['that leaves an entry out', 200, { Successful: [first] }],
    ['that tells one entry twice and another not at all', 200, { Successful: [first, first] }],
    ['of a failure of no entry', 200, { Successful: [first], Failed: [{ Id: 'other' }] }],
    ['of an entry both taken and failed', 200, { Successful: [first], Failed: [{ Id: '0' }] }],
    ['of an entry that was not sent', 200, { Successful: [first, { ...second, Id: '2' }] }],
    ['of another body', 200, { Successful: [first, { ...second, MD5OfMessageBody: 'other' }] }],
  ])('%s is none to go by', async (_name, status, body) => {
    answer = json(status, body);

    expect(await post()).toBeUndefined();
  });

  test('that does not come is none to go by, and the next one is taken', async () => {
    const sender = signedPost(queueUrl(), client());
    const whole = answer;
    answer = (_request, response) => response.destroy();

    expect(await sender(ENTRIES)).toBeUndefined();
    answer = whole;
    expect(await sender(ENTRIES)).toEqual([]);
  });
});

test('nothing is sent without credentials', async () => {
  const credentials = () => Promise.reject(new Error('no credentials'));
  const without = new SQSClient({ region: 'us-west-2', credentials });

  expect(await signedPost(queueUrl(), without)(ENTRIES)).toBeUndefined();
  expect(server.seen).toEqual([]);
});

test('a region that could not be read is read again', async () => {
  let reads = 0;
  const region = () => {
    reads += 1;
    return reads === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve('us-west-2');
  };
  const credentials = { accessKeyId: 'KEY', secretAccessKey: SECRET };
  const sender = signedPost(queueUrl(), new SQSClient({ region, credentials }));

  expect([await sender(ENTRIES), await sender(ENTRIES)]).toEqual([undefined, []]);
});
