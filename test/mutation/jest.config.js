import base from '../../jest.config.js';

/** For the mutation run: the tests of the file that is mutated, as test/mutation/mutate.ts names them. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: (globalThis.process.env['MUTATION_TESTS'] ?? 'test/lambdas/**/*.test.ts')
    .split(',')
    .map((test) => `<rootDir>/${test}`),
  maxWorkers: 1,
};
