import { expect, test } from '@jest/globals';
import { CASES } from './module-cases.js';
import { madeBy, planOf, writeRoot, writeRootTest } from './module-root.js';
import { found, suite } from './terraform-suite.js';

const TIMEOUT_MS = 240_000;

/** A case takes 20 seconds, so outside CI only the most comprehensive ones run. */
const CHOSEN =
  process.env['CI'] === 'true'
    ? Object.entries(CASES)
    : Object.entries(CASES).filter(([, { chosen = false }]) => chosen);

suite.each(CHOSEN)('%s', (_, { calls, made, conditions }) => {
  test(
    'is planned as it should be, and applies against mocks',
    async () => {
      const root = writeRoot(calls);

      expect(madeBy(await planOf(found(), root))).toHaveLength(made);
      writeRootTest(root, conditions);
      expect(await found().run(root, 'test')).toContain('1 passed, 0 failed');
    },
    TIMEOUT_MS,
  );
});
