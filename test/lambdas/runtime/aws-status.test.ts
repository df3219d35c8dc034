import { expect, test } from '@jest/globals';
import { tryAwsStatus } from '../../../lambdas/runtime/aws-status.js';

test('the status of an answer is told, and undefined where none came', () => {
  const answered = Object.assign(new Error('no'), { $metadata: { httpStatusCode: 404 } });

  expect(tryAwsStatus(answered)).toBe(404);
  expect(tryAwsStatus({ $metadata: {} })).toBeUndefined();
  expect(tryAwsStatus({ $metadata: undefined })).toBeUndefined();
});

test.each([new Error('no'), null, undefined, 'text', 7])(
  '%p is no error of the SDK, and has no status',
  (thrown) => {
    expect(tryAwsStatus(thrown)).toBeUndefined();
  },
);
