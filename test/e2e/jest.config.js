import project from '../../jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...project,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/e2e/**/*.e2e.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/.e2e/'],
  testSequencer: '<rootDir>/test/e2e/sequencer.js',
  // All files use one system.
  maxWorkers: 1,
  testTimeout: 600_000,
};
