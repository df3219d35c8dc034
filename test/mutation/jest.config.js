import base from '../../jest.config.js';

/** For the mutation run: the tests of the file that is mutated, as test/mutation/mutate.ts names them. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: [
    `<rootDir>/${globalThis.process.env['MUTATION_TEST'] ?? 'test/lambdas/**/*.test.ts'}`,
  ],
  maxWorkers: 1,
};
