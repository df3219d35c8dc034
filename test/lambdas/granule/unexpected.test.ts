import { describe, expect, test } from '@jest/globals';
import { MAX_RECEIVE_COUNT } from '../../../lambdas/granule/outcome.js';
import { GranuleError } from '../../../lambdas/runtime/errors.js';
import type { Granule, GranulePipeline } from '../../../lambdas/granule/items.js';
import { exampleHandler, exampleItem, received, sqsRecord } from '../../support/granule.js';
import { codeAt } from '../../support/pipeline-code.js';

const careless = codeAt<() => never>('pipelines/example/app.ts', '() => {\n  return ({}).a.b;\n}');
const REASON =
  /^\S+: Cannot read properties of undefined \(reading 'b'\) at pipelines\/example\/app\.ts:2:\d+$/;
const STACK = /^TypeError: Cannot read .*\n {4}at .*pipelines\/example\/app\.ts:2:\d+\)?\n/;

const s3Event = (...keys: readonly string[]) => ({
  Records: keys.map((key) => ({
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'b' }, object: { key } },
  })),
});

/** Runs one batch in which the code fails, on the last receive. */
async function run(body: unknown, pipeline: Partial<GranulePipeline<Granule>>) {
  const { run: handle, ...seen } = exampleHandler(pipeline);
  await handle([sqsRecord(body, received(MAX_RECEIVE_COUNT))]);
  return seen;
}

describe('[N22] x.a.b in createItem', () => {
  test.each<[string, GranulePipeline<Granule>['createItem']]>([
    ['before it returns', careless],
    ['in a promise', () => Promise.resolve().then(careless)],
  ])('%s gives a dead letter with the href and the place', async (_, createItem) => {
    const { dead } = await run({ name: 's3://b/tile' }, { createItem });

    expect(dead[0]?.reason.failure).toMatchObject({ name: 'TypeError', kind: 'transient' });
    expect(dead[0]?.reason.failure.message).toMatch(REASON);
    expect(dead[0]?.reason.failure.message).toMatch(/^s3:\/\/b\/tile: /);
  });

  test('is logged with its stack on every receive', async () => {
    const { run: handle, lines } = exampleHandler({ createItem: careless });
    await handle([sqsRecord({ name: 'a' }, received(1))]);
    await handle([sqsRecord({ name: 'a' }, received(MAX_RECEIVE_COUNT))]);

    expect(lines.map(({ fields }) => fields)).toEqual([
      expect.objectContaining({ outcome: 'retry', stack: expect.stringMatching(STACK) as unknown }),
      expect.objectContaining({ outcome: 'dead', stack: expect.stringMatching(STACK) as unknown }),
    ]);
  });

  test('of one granule of an event names that granule', async () => {
    const { dead, posted } = await run(s3Event('good', 'bad'), {
      createItem: ({ href }) => (href === 'bad' ? careless() : Promise.resolve(exampleItem(href))),
    });

    expect(posted.map(({ id }) => id)).toEqual(['good']);
    expect(dead[0]?.reason.failure.message).toMatch(/^bad: Cannot read/);
  });
});

describe('[N22] x.a.b in parseMessage', () => {
  test.each([
    ['an S3 event', s3Event('tiles/a.tif'), /^s3:\/\/b\/tiles\/a\.tif: Cannot read .*:2:\d+$/],
    ['JSON', { tile: 7 }, /^the message \{"tile":7\}: Cannot read .*app\.ts:2:\d+$/],
    ['text', 'tile 7', /^the message tile 7: Cannot read .*app\.ts:2:\d+$/],
    ['a long text', 'k'.repeat(10_000), /^the message k+\.\.\. \(10000 characters\): .*:2:\d+$/],
  ])('of %s names the message and the place', async (_, body, reason) => {
    const { dead, lines } = await run(body, { parseMessage: careless });

    expect(dead[0]?.reason.failure.message).toMatch(reason);
    expect(lines[0]?.fields?.['stack']).toMatch(STACK);
  });
});

test('[N22] an error that is thrown on purpose is logged without a stack', async () => {
  const { lines } = await run(
    { name: 'a' },
    { createItem: ({ href }) => Promise.reject(new GranuleError('no footprint', { href })) },
  );

  expect(lines[0]?.fields).toMatchObject({ outcome: 'dead', reason: 'no footprint' });
  expect(lines[0]?.fields).not.toHaveProperty('stack');
});
