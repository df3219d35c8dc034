import { runInThisContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { failureOf, GranuleError, ReadError } from '../../../lambdas/runtime/errors.js';
import {
  awaitPipelineCode,
  callPipelineCode,
  cutReason,
  isBug,
  reasonOf,
  tracedFailureOf,
  UnexpectedError,
} from '../../../lambdas/runtime/unexpected.js';
import { codeAt } from '../../support/pipeline-code.js';

/** Code of a pipeline that reads a field of undefined, in line 2 of its file. */
const careless = codeAt<() => unknown>('pipelines/x/app.ts', '() => {\n  const b = ({}).a.b;\n}');
const HREF = 's3://bucket/granule';

function caught(code: () => unknown, subject = HREF): unknown {
  try {
    callPipelineCode(() => subject, code);
  } catch (error) {
    return error;
  }
  throw new Error('threw nothing');
}

describe('[N22] an error that is not thrown on purpose', () => {
  test('is named with the subject and the place', () => {
    expect(caught(careless)).toMatchObject({
      name: 'TypeError',
      kind: 'transient',
      message: expect.stringMatching(
        /^s3:\/\/bucket\/granule: Cannot read properties of undefined \(reading 'b'\) at pipelines\/x\/app\.ts:2:\d+$/,
      ) as unknown,
    });
  });

  test('has the stack of the original, relative to the repository', () => {
    const { stack } = tracedFailureOf(caught(careless));

    expect(stack).toMatch(/^TypeError: Cannot read .*\n {4}at .*\(?pipelines\/x\/app\.ts:2:\d+/);
    expect(stack).not.toContain(process.cwd());
  });

  test('is the same if it is rejected', async () => {
    const rejected = awaitPipelineCode(
      () => HREF,
      async () => {
        await Promise.resolve();
        return careless();
      },
    );

    await expect(rejected).rejects.toMatchObject({
      message: expect.stringMatching(/^s3:\/\/bucket\/granule: .*pipelines\/x\/app\.ts:2:\d+$/),
    });
  });

  test.each<[string, unknown, string]>([
    ['a text', 'no tile', `${HREF}: thrown: 'no tile'`],
    ['nothing', undefined, `${HREF}: thrown: undefined`],
    ['an object with a kind', { kind: 'permanent' }, `${HREF}: thrown: { kind: 'permanent' }`],
    ['an error without frames', withoutFrames(new Error('x')), `${HREF}: x`],
    [
      'an error that names the subject itself',
      withoutFrames(new Error(`${HREF}: no footprint`)),
      `${HREF}: no footprint`,
    ],
  ])('may be %s', (_, thrown, message) => {
    const error = caught(() => {
      throw thrown;
    });

    expect(failureOf(error).message).toBe(message);
    expect(failureOf(error).kind).toBe('transient');
  });

  test('keeps its place in a dead letter, whatever the length of its message and the href', () => {
    const code = codeAt<() => unknown>(
      'pipelines/x/app.ts',
      "() => {\n  throw new Error('x'.repeat(1e6));\n}",
    );

    const { message } = failureOf(caught(code, `s3://bucket/${'k'.repeat(5000)}`));

    expect(message.length).toBeLessThan(2_000);
    expect(message).toMatch(/ at pipelines\/x\/app\.ts:2:\d+$/);
  });
});

test('[N22] the place is found where a library threw the error thirty calls deep', () => {
  const createItem = codeAt<(call: () => void) => void>(
    'pipelines/x/app.ts',
    '(call) => {\n  call();\n}',
  );
  const deep = (calls: number): void => {
    if (calls === 0) throw new Error('x');
    deep(calls - 1);
  };

  const error = caught(() => {
    createItem(() => {
      deep(30);
    });
  });

  expect(failureOf(error).message).toMatch(/ at pipelines\/x\/app\.ts:2:\d+$/);
});

function withoutFrames(error: Error): Error {
  error.stack = '';
  return error;
}

describe('[N22] an error that is thrown on purpose', () => {
  test.each([
    new GranuleError(`${HREF}: no footprint`, { href: HREF }),
    new ReadError(`${HREF}: HTTP status 503`, { href: HREF, kind: 'transient' }),
  ])('$name passes unchanged, and has no stack in the log', (error) => {
    const passed = caught(() => {
      throw error;
    });

    expect(passed).toBe(error);
    expect(reasonOf(error)).toBe(error.message);
    expect(tracedFailureOf(error)).toEqual(failureOf(error));
  });
});

test('[N22] what the code returns passes unchanged', async () => {
  expect(
    callPipelineCode(
      () => HREF,
      () => 1,
    ),
  ).toBe(1);
  expect(
    await awaitPipelineCode(
      () => HREF,
      () => 2,
    ),
  ).toBe(2);
  expect(
    await awaitPipelineCode(
      () => HREF,
      () => Promise.resolve(3),
    ),
  ).toBe(3);
});

test('[N22] a reason that is cut keeps its place', () => {
  const reason = `${'x'.repeat(100)} at pipelines/x/app.ts:12:7`;

  expect(cutReason(reason, 60)).toBe(`${'x'.repeat(30)}... at pipelines/x/app.ts:12:7`);
  expect(cutReason(reason, 200)).toBe(reason);
  expect(cutReason('x'.repeat(100), 10)).toBe('xxxxxxx...');
  expect(cutReason(reason, 0)).toBe('... at pipelines/x/app.ts:12:7');
});

describe('[N25] a bug', () => {
  test.each([
    ['a TypeError', () => (undefined as unknown as { readonly a: string }).a],
    ['a ReferenceError', (): unknown => runInThisContext('nothingOfThisName')],
    ['a SyntaxError of a pattern', () => new RegExp(['(', ''].join(''))],
  ])('is %s, also after it was wrapped', (_, fails) => {
    const thrown = thrownBy(fails);

    expect(isBug(thrown)).toBe(true);
    expect(isBug(new UnexpectedError('s3://b/k', thrown))).toBe(true);
  });

  test.each([
    ['an error on purpose', new GranuleError('no footprint', { href: 'a' })],
    ['a plain Error', new Error('unknown message')],
    ['text that is not JSON', thrownBy((): unknown => JSON.parse('{'))],
    ['a thrown text', 'TypeError'],
    ['undefined', undefined],
    ['a TypeError with a kind', Object.assign(new TypeError('x'), { kind: 'permanent' })],
  ])('is not %s', (_, thrown) => {
    expect(isBug(thrown)).toBe(false);
  });
});

function thrownBy(fails: () => unknown): unknown {
  try {
    return fails();
  } catch (error) {
    return error;
  }
}
