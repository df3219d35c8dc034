import { describe, expect, test } from '@jest/globals';
import { errorReport } from '../../../lambdas/runtime-api/error-report.js';

describe('the report of an error', () => {
  test('has the type, the message and the frames', () => {
    const report = errorReport(new RangeError('too\nfar'));

    expect(report).toEqual({
      errorType: 'RangeError',
      errorMessage: 'too\nfar',
      stackTrace: expect.arrayContaining([expect.stringMatching(/^at /)]) as unknown,
    });
    expect(report.stackTrace.every((line) => line.startsWith('at '))).toBe(true);
  });

  test('has a type that fits into a header', () => {
    const error = Object.assign(new Error('x'), { name: 'Größe\r\nX: 1' });

    expect(errorReport(error).errorType).toBe('Gr??e??X: 1');
    expect(errorReport(error, 'Runtime.Exit').errorType).toBe('Runtime.Exit');
  });

  test.each([undefined, null, 'text', { stack: 5 }, Object.create(null)])(
    'is made of %p',
    (thrown) => {
      expect(errorReport(thrown)).toMatchObject({ errorType: 'UnknownError', stackTrace: [] });
    },
  );

  test('is made of an error whose stack throws', () => {
    const error = new Error('x');
    Object.defineProperty(error, 'stack', {
      get: () => {
        throw new Error('no stack');
      },
    });

    expect(errorReport(error)).toEqual({ errorType: 'Error', errorMessage: 'x', stackTrace: [] });
  });
});
