import base from '../../jest.config.js';
import { withoutDeleted } from '../support/project/needs.js';

/** The second tier: what runs Terraform, commands as processes, and the steps of the workflows. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/system/**/*.test.ts'],
  testPathIgnorePatterns: [
    ...base.testPathIgnorePatterns.filter((pattern) => pattern !== '<rootDir>/test/system/'),
    ...withoutDeleted('test/system'),
  ],
};
