import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  postTracer,
  readTrace,
  traced,
  type PostTracer,
} from '../../../lambdas/ingestor/post-trace.js';
import { IngestorError, ValidationError } from '../../../lambdas/runtime/errors.js';
import { exampleItem } from '../../support/granule.js';

const ITEM = exampleItem('a', { collection: 'example' });
const OPTIONS = { deadline: 0 };

interface Sent {
  readonly input: { readonly Item?: object; readonly Key?: object };
}

let now: number;
let writes: object[];
let fails: boolean;
let tracer: PostTracer;

beforeEach(() => {
  now = 1_000_000;
  writes = [];
  fails = false;
  const send = ({ input }: Sent) => {
    if (fails) return Promise.reject(new Error('throttled'));
    if (input.Item) writes.push(input.Item);
    return Promise.resolve({});
  };
  tracer = postTracer('t', { send }, () => now);
});

function post(error?: Error): Promise<void> {
  return traced(() => (error ? Promise.reject(error) : Promise.resolve()), tracer)(ITEM, OPTIONS);
}

const down = () => new IngestorError('POST responded 503', { kind: 'transient', status: 503 });

describe('the trace of posts', () => {
  test('is written once a minute, however many posts there are', async () => {
    await Promise.all(Array.from({ length: 100 }, () => post()));
    now += 59_999;
    await post();
    expect(writes).toHaveLength(1);
    now += 1;
    await post();
    expect(writes).toEqual([
      { pk: { S: 'posts' }, sk: { S: 'answered' }, at: { N: '1000000' } },
      { pk: { S: 'posts' }, sk: { S: 'answered' }, at: { N: '1060000' } },
    ]);
  });

  test('is written at once on a change, with the error, which is thrown on', async () => {
    await post();
    await expect(post(down())).rejects.toThrow('503');
    await expect(post(down())).rejects.toThrow('503');

    expect(writes.slice(1)).toEqual([
      {
        pk: { S: 'posts' },
        sk: { S: 'failed' },
        at: { N: '1000000' },
        failure: { S: 'POST responded 503' },
      },
    ]);
  });

  test('counts a refused Item as an answer: the ingestor is up', async () => {
    await expect(post(new IngestorError('400', { kind: 'permanent' }))).rejects.toThrow('400');
    expect(writes).toEqual([expect.objectContaining({ sk: { S: 'answered' } })]);
  });

  test('says nothing of an Item that was refused without a request', async () => {
    await expect(post(new ValidationError('a', ['is too large']))).rejects.toThrow('too large');
    expect(writes).toEqual([]);
  });

  test('that cannot be written fails no post, and is tried with the next one', async () => {
    fails = true;
    await post();
    fails = false;
    await post();
    expect(writes).toHaveLength(1);
  });
});

test('a trace of nothing has no times', async () => {
  const send = () => Promise.resolve({});
  await expect(readTrace('t', { send })).resolves.toEqual({
    answeredAt: undefined,
    failedAt: undefined,
    failure: undefined,
  });
});
