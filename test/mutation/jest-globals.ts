import { expect } from 'expect';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus';
import { spyOn } from 'jest-mock';

/** Stands in for `@jest/globals` in test/mutation/runner.ts: what the tests of lambdas/ take of it. */
export const jest = { spyOn };
export { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test };
