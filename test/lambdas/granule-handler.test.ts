import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { SQSRecord } from 'aws-lambda';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_RECEIVE_COUNT } from '../../lambdas/granule/outcome.js';
import { GranuleError, IngestorError } from '../../lambdas/runtime/errors.js';
import { exampleHandler, exampleItem, received, sqsRecord } from '../support/granule.js';

const busy = () =>
  Promise.reject(new IngestorError('answered 503', { kind: 'transient', status: 503 }));
const invalid = () =>
  Promise.reject(new IngestorError('answered 422', { kind: 'permanent', status: 422 }));

describe('a batch', () => {
  test('is posted as Items of the Collection, and no failure is returned', async () => {
    const { run, posted } = exampleHandler();

    expect(await run([sqsRecord({ name: 'a' }), sqsRecord({ name: 'b' })])).toEqual([]);

    expect(posted).toEqual([
      { ...exampleItem('a'), collection: 'example' },
      { ...exampleItem('b'), collection: 'example' },
    ]);
  });

  test('[B02] has a response in lower camel case, which Lambda expects', async () => {
    const { handler } = exampleHandler({}, { postItem: busy });
    const record = sqsRecord({ name: 'a' });

    const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 };
    expect(await handler({ Records: [record] }, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: record.messageId }],
    });
  });

  test('[B04] whose records all fail returns all of them, and does not throw', async () => {
    const { run } = exampleHandler({}, { postItem: busy });
    const records = ['a', 'b', 'c'].map((name) => sqsRecord({ name }));

    expect(await run(records)).toEqual(records.map(({ messageId }) => messageId));
  });

  const unseen = {
    [inspect.custom]: () => {
      throw new Error('boom');
    },
  };

  test.each([undefined, null, 'x', 7, Symbol('s'), { circular: {} }, unseen])(
    '[B05] fails in the one record that throws %p',
    async (thrown) => {
      const { run, posted } = exampleHandler({
        createItem: ({ href }) => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- what the test is about
          if (href === 'bad') throw thrown;
          return Promise.resolve(exampleItem(href));
        },
      });
      const bad = sqsRecord({ name: 'bad' });

      expect(await run([sqsRecord({ name: 'a' }), bad, sqsRecord({ name: 'b' })])).toEqual([
        bad.messageId,
      ]);
      expect(posted.map(({ id }) => id)).toEqual(['a', 'b']);
    },
  );

  test('[A04] with a key that cannot be decoded dead-letters only that record', async () => {
    const { run, posted, dead } = exampleHandler();
    const event = (key: string) =>
      sqsRecord({
        Records: [
          { eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key } } },
        ],
      });

    expect(await run([event('bad%E9.xml'), event('caf%C3%A9.xml')])).toEqual([]);

    expect(posted.map(({ id }) => id)).toEqual(['café.xml']);
    expect(dead.map(({ reason }) => reason.failure.message)).toEqual([
      "the object key 'bad%E9.xml' is not URL-encoded UTF-8",
    ]);
  });

  describe('with an event of several records', () => {
    const s3Record = (key: string) => ({
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'b' }, object: { key } },
    });
    const event = (...keys: string[]) => sqsRecord({ Records: keys.map(s3Record) });
    const failing = (errors: Record<string, Error>) =>
      exampleHandler({
        createItem: ({ href }) => {
          const error = errors[href];
          return error ? Promise.reject(error) : Promise.resolve(exampleItem(href));
        },
      });
    const broken = new GranuleError('broken', { href: 'broken' });

    test('[A04] posts the Items of the readable records, and dead-letters the message for the unreadable one', async () => {
      const { run, posted, dead } = exampleHandler();

      expect(await run([event('a', 'bad%E9.xml', 'caf%C3%A9.xml')])).toEqual([]);

      expect(posted.map(({ id }) => id)).toEqual(['a', 'café.xml']);
      expect(dead.map(({ reason }) => reason)).toMatchObject([
        {
          failure: { message: "the object key 'bad%E9.xml' is not URL-encoded UTF-8" },
          itemId: undefined,
        },
      ]);
    });

    test('posts the Items that can be created', async () => {
      const { run, posted, dead } = failing({ broken });

      expect(await run([event('a', 'broken', 'b')])).toEqual([]);

      expect(posted.map(({ id }) => id)).toEqual(['a', 'b']);
      expect(dead.map(({ reason }) => reason.failure.message)).toEqual(['broken']);
    });

    test('is retried for a transient failure, although another one is permanent', async () => {
      const { run, posted, dead } = failing({ broken, busy: new Error('busy') });
      const record = event('bad%E9.xml', 'broken', 'busy', 'a');

      expect(await run([record])).toEqual([record.messageId]);

      expect(posted.map(({ id }) => id)).toEqual(['a']);
      expect(dead).toEqual([]);
    });

    test('is retried for a post that failed transiently, although another one failed permanently', async () => {
      const { run, dead } = exampleHandler(
        {},
        {
          postItem: ({ id }) =>
            Promise.reject(
              new IngestorError(id, { kind: id === 'refused' ? 'permanent' : 'transient' }),
            ),
        },
      );
      const record = event('refused', 'busy');

      expect(await run([record])).toEqual([record.messageId]);
      expect(dead).toEqual([]);
    });

    test('reads a limited number of granules concurrently, and all of them in the end', async () => {
      let [underWay, most, ended] = [0, 0, 0];
      const { run } = exampleHandler({
        createItem: async ({ href }) => {
          most = Math.max(most, (underWay += 1));
          if (href === 'k0') throw broken;
          await sleep(1);
          [underWay, ended] = [underWay - 1, ended + 1];
          return exampleItem(href);
        },
      });

      await run([event(...Array.from({ length: 100 }, (_, index) => `k${index}`))]);

      expect(ended).toBe(99);
      expect(most).toBeLessThanOrEqual(17);
    });
  });

  test('[B13] can be delivered twice, alone and mixed with new records', async () => {
    const { run, posted } = exampleHandler();
    const [a, b] = [sqsRecord({ name: 'a' }), sqsRecord({ name: 'b' })];

    expect(await run([a])).toEqual([]);
    expect(await run([a, b])).toEqual([]);

    expect(posted.map(({ id }) => id)).toEqual(['a', 'a', 'b']);
  });

  test('[B14] with the same Item twice posts the newest, and acknowledges both records', async () => {
    const { run, posted } = exampleHandler({
      createItem: ({ href }) =>
        Promise.resolve(exampleItem('same', { assets: { data: { href: `s3://b/${href}` } } })),
    });
    const [newer, older] = [
      sqsRecord({ name: 'newer' }, received(1, 1_700_000_000_002)),
      sqsRecord({ name: 'older' }, received(1, 1_700_000_000_001)),
    ];

    expect(await run([newer, older])).toEqual([]);

    expect(posted.map(({ assets }) => assets['data']?.href)).toEqual(['s3://b/newer']);
  });

  test('with the same Item sent twice in the same millisecond posts the one listed last', async () => {
    const { run, posted } = exampleHandler({
      createItem: ({ href }) =>
        Promise.resolve(exampleItem('same', { assets: { data: { href: `s3://b/${href}` } } })),
    });

    await run([sqsRecord({ name: 'first' }), sqsRecord({ name: 'second' })]);

    expect(posted.map(({ assets }) => assets['data']?.href)).toEqual(['s3://b/second']);
  });

  test('with the same Item twice returns both records if it cannot be posted', async () => {
    const { run } = exampleHandler(
      { createItem: () => Promise.resolve(exampleItem('same')) },
      { postItem: busy },
    );
    const records = [sqsRecord({ name: 'a' }), sqsRecord({ name: 'b' })];

    expect(await run(records)).toEqual(records.map(({ messageId }) => messageId));
  });

  test('with a record that does not have the format of SQS returns only that one', async () => {
    const { run, posted } = exampleHandler();
    const odd: Partial<SQSRecord> = { ...sqsRecord({ name: 'odd' }) };
    delete odd.messageAttributes;

    expect(await run([sqsRecord({ name: 'a' }), odd as SQSRecord])).toEqual([odd.messageId]);
    expect(posted.map(({ id }) => id)).toEqual(['a']);
  });

  test('[B16] returns the record if the ingestor is busy', async () => {
    const { run } = exampleHandler({}, { postItem: busy });
    const record = sqsRecord({ name: 'a' });

    expect(await run([record])).toEqual([record.messageId]);
  });

  test('[B17] returns its response only after every record has settled', async () => {
    const finished: string[] = [];
    const { run } = exampleHandler({
      createItem: async ({ href }) => {
        await sleep(href === 'slow' ? 60 : 5);
        finished.push(href);
        if (href === 'fails') throw new Error('no');
        return exampleItem(href);
      },
    });

    await run([sqsRecord({ name: 'fails' }), sqsRecord({ name: 'slow' })]);

    expect(finished).toEqual(['fails', 'slow']);
  });

  test('of ten records takes about as long as the slowest one, because they run concurrently', async () => {
    let underWay = 0;
    let tenAreUnderWay: () => void = () => undefined;
    const allAtOnce = new Promise<void>((resolve) => (tenAreUnderWay = resolve));
    const { run, posted } = exampleHandler({
      createItem: async ({ href }) => {
        underWay += 1;
        if (underWay === 10) tenAreUnderWay();
        await allAtOnce;
        return exampleItem(href);
      },
    });

    const failed = await run(Array.from({ length: 10 }, (_, n) => sqsRecord({ name: `n${n}` })));

    expect(failed).toEqual([]);
    expect(posted).toHaveLength(10);
  });

  test('does not wait longer for a record that hangs than its share of the time', async () => {
    const { run, posted } = exampleHandler({
      createItem: ({ href }) =>
        href === 'hangs' ? new Promise(() => undefined) : Promise.resolve(exampleItem(href)),
    });
    const hangs = sqsRecord({ name: 'hangs' });

    const failed = await run([hangs, sqsRecord({ name: 'a' })], () => 300);

    expect(failed).toEqual([hangs.messageId]);
    expect(posted.map(({ id }) => id)).toEqual(['a']);
  });

  test('returns the records that it has no time to start, visible immediately', async () => {
    const { run, returned, posted } = exampleHandler();
    const record = sqsRecord({ name: 'a' });
    const remaining = [60_000, 1_000];

    expect(await run([record], () => remaining.shift() ?? 1_000)).toEqual([record.messageId]);

    expect(posted).toEqual([]);
    expect(returned).toEqual([{ body: record.body, delaySeconds: 0 }]);
  });

  test('[B01] never returns an id that is empty, unknown or duplicated', async () => {
    const outcomes = fc.array(
      fc.record({
        name: fc.constantFrom('ok', 'throws', 'skip me', 'invalid'),
        copies: fc.integer({ min: 1, max: 2 }),
      }),
      { maxLength: 10 },
    );
    await fc.assert(
      fc.asyncProperty(outcomes, async (wanted) => {
        const { run } = exampleHandler({
          createItem: ({ href }) => {
            if (href === 'throws') throw new Error('no');
            return Promise.resolve(exampleItem(href === 'invalid' ? '' : href));
          },
        });
        const records = wanted.flatMap(({ name, copies }, n) =>
          Array.from({ length: copies }, () => sqsRecord({ name }, { messageId: `id-${n}` })),
        );

        const ids = await run(records);

        const failing = wanted.flatMap(({ name }, n) => (name === 'throws' ? [`id-${n}`] : []));
        expect(ids.toSorted()).toEqual(failing.toSorted());
      }),
    );
  });
});

describe('a permanent failure', () => {
  test('is sent to the dead-letter queue with its reason and an unchanged body, and is acknowledged', async () => {
    const body = '{ "name" : "bad" }';
    const { run, dead, returned } = exampleHandler({
      createItem: () => {
        throw new GranuleError('no footprint', { href: 's3://b/manifest.safe' });
      },
    });

    expect(await run([sqsRecord(body)])).toEqual([]);

    expect(returned).toEqual([]);
    expect(dead).toEqual([
      {
        body,
        reason: {
          failure: { kind: 'permanent', name: 'GranuleError', message: 'no footprint' },
          pipeline: 'example',
          correlationId: `m-${body}`,
          itemId: undefined,
        },
      },
    ]);
  });

  test('[A11] of an unknown body quotes the start of the body', async () => {
    const { run, dead } = exampleHandler();

    expect(await run([sqsRecord('{}')])).toEqual([]);

    expect(dead[0]?.reason.failure.message).toBe('not an example: {}');
  });

  test('of an invalid Item occurs before the post, and lists every fault', async () => {
    const { run, dead, posted } = exampleHandler({
      createItem: () => Promise.resolve(exampleItem('', { links: [{ rel: '', href: 'x' }] })),
    });

    await run([sqsRecord({ name: 'a' })]);

    expect(posted).toEqual([]);
    expect(dead[0]?.reason.failure.message).toMatch(/id: .*links\.0\.rel: /);
  });

  test('stays in the queue if the dead letter cannot be sent', async () => {
    const { run } = exampleHandler(
      {},
      {
        postItem: invalid,
        queue: {
          sendToDeadLetters: () => Promise.reject(new Error('AccessDenied')),
          returnLater: () => Promise.resolve(),
        },
      },
    );
    const record = sqsRecord({ name: 'a' });

    expect(await run([record])).toEqual([record.messageId]);
  });
});

describe('a transient failure', () => {
  test.each([
    [1, 30],
    [2, 60],
    [3, 120],
    [4, 240],
  ])('on receive %i comes back after %i seconds', async (receives, delaySeconds) => {
    const { run, returned } = exampleHandler({}, { postItem: busy });
    const record = sqsRecord({ name: 'a' }, received(receives));

    expect(await run([record])).toEqual([record.messageId]);

    expect(returned).toEqual([{ body: record.body, delaySeconds }]);
  });

  test('waits at most 15 minutes', async () => {
    const retry = {
      pipeline: 'example',
      maxReceiveCount: 100,
      retryDelaySeconds: 30,
      random: () => 1,
    };
    const { run, returned } = exampleHandler({}, { postItem: busy, retry });

    await run([sqsRecord({ name: 'a' }, received(20))]);

    expect(returned[0]?.delaySeconds).toBe(900);
  });

  test('[E08] on the last receive is sent to the dead-letter queue with its reason', async () => {
    const { run, dead, returned } = exampleHandler({}, { postItem: busy });

    expect(await run([sqsRecord({ name: 'a' }, received(MAX_RECEIVE_COUNT))])).toEqual([]);

    expect(returned).toEqual([]);
    expect(dead[0]?.reason).toMatchObject({
      failure: { kind: 'transient', name: 'IngestorError', message: 'answered 503' },
      itemId: 'a',
    });
  });

  test('is redelivered after the visibility timeout of the queue if the timeout cannot be changed', async () => {
    const { run } = exampleHandler(
      {},
      {
        postItem: busy,
        queue: {
          sendToDeadLetters: () => Promise.resolve(),
          returnLater: () => Promise.reject(new Error('gone')),
        },
      },
    );
    const record = sqsRecord({ name: 'a' });

    expect(await run([record])).toEqual([record.messageId]);
  });
});

describe('a message without a granule', () => {
  test('is acknowledged without a post', async () => {
    const { run, posted, dead } = exampleHandler();

    expect(await run([sqsRecord({ name: 'skip me' })])).toEqual([]);

    expect([posted, dead]).toEqual([[], []]);
  });

  test('[A10] that is a test event is acknowledged, and logged at level info', async () => {
    const { run, posted, lines } = exampleHandler();

    expect(await run([sqsRecord({ Service: 'Amazon S3', Event: 's3:TestEvent' })])).toEqual([]);

    expect(posted).toEqual([]);
    expect(lines).toContainEqual({
      level: 'info',
      message: 'message skipped',
      fields: expect.objectContaining({ reason: 'test-event' }) as unknown,
    });
  });

  test('[A11] that is an event without records is acknowledged, and logged as a warning', async () => {
    const { run, lines } = exampleHandler();

    expect(await run([sqsRecord({ Records: [] })])).toEqual([]);

    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });
});

describe('the log', () => {
  test('has one line for each record, with the pipeline, the outcome and the duration', async () => {
    const { run, lines } = exampleHandler();
    const record = sqsRecord({ name: 'a' });

    await run([record]);

    expect(lines).toEqual([
      {
        level: 'info',
        message: 'record',
        fields: {
          pipeline: 'example',
          itemId: 'a',
          messageId: record.messageId,
          correlationId: record.messageId,
          outcome: 'posted',
          about: '{"name":"a"}',
          milliseconds: expect.any(Number) as unknown,
        },
      },
    ]);
  });

  test('keeps the id of the notification across deliveries', async () => {
    const { run, lines } = exampleHandler();
    const envelope = {
      Type: 'Notification',
      MessageId: 'n-1',
      TopicArn: 't',
      Message: '{"name":"a"}',
    };

    await run([sqsRecord(envelope)]);

    expect(lines[0]?.fields).toMatchObject({ correlationId: 'n-1' });
  });
});
