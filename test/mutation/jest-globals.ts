import { expect } from 'expect';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus';
import { spyOn } from 'jest-mock';

/** Replaces `@jest/globals` in test/mutation/runner.ts, with the exports that the tests of lambdas/ use. */
export const jest = { spyOn };
export { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test };
