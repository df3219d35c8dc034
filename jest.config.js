import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

// Native ESM through swc: types are checked by `npm run check`, not by the test runner.
const pipeline = process.env['PIPELINE'];
if (pipeline) checkPipeline(pipeline);

/** Ends the process if there is no such pipeline, because a pattern without tests would only say that no test was found. */
function checkPipeline(name) {
  const folder = join(import.meta.dirname, 'pipelines');
  const known = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((id) =>
      ['config.yaml', 'app.ts', 'collection.ts'].some((file) => existsSync(join(folder, id, file))),
    )
    .sort();
  if (known.includes(name)) return;
  const problem = `unknown pipeline ${JSON.stringify(name)} in PIPELINE (${known.length === 0 ? 'pipelines/ contains none' : `known: ${known.join(', ')}`})`;
  process.stderr.write(`npm test: ${problem}\n`);
  process.exit(1);
}

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023' }, module: { type: 'es6' } }],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // PIPELINE=sentinel1 npm test: that pipeline's own tests, and what holds for every pipeline.
  testMatch: pipeline
    ? [`<rootDir>/pipelines/${pipeline}/**/*.test.ts`, '<rootDir>/test/pipelines/**/*.test.ts']
    : ['<rootDir>/{pipelines,test}/**/*.test.ts'],
  // Terraform, commands as processes and workflows: test/system/jest.config.js. End to end: test/e2e/jest.config.js.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/cdktf.out/',
    '<rootDir>/dist/',
    '<rootDir>/test/system/',
    '\\.e2e\\.test\\.ts$',
  ],
  modulePathIgnorePatterns: [
    '<rootDir>/cdktf.out/',
    '<rootDir>/dist/',
    '<rootDir>/out/',
    '<rootDir>/.e2e/',
    '<rootDir>/.stryker-tmp/',
  ],
  coverageProvider: 'v8',
  coverageReporters: ['text'],
  // Of npm test -- --coverage, with all tests: what runs in AWS.
  collectCoverageFrom: [
    '{lambdas,pipelines}/**/*.ts',
    '!**/*.test.ts',
    // Types alone: nothing of them is there to be run.
    '!lambdas/backfill/historic-pipeline.ts',
    '!lambdas/inventory/engine.ts',
  ],
  coverageThreshold: { global: { lines: 95, branches: 95 } },
  maxWorkers: 2,
  testTimeout: 120_000,
};
