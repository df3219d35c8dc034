import base from '../../jest.config.js';

/** Runs the tests of the mutated file, which test/mutation/mutate.ts sets. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: (globalThis.process.env['MUTATION_TESTS'] ?? 'test/lambdas/**/*.test.ts')
    .split(',')
    .map((test) => `<rootDir>/${test}`),
  maxWorkers: 1,
};
