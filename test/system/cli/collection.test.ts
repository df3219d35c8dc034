import { spawnSync } from 'node:child_process';

import { expect, test } from '@jest/globals';

import { runCli } from '../../support/cli/run-cli.js';

// Needs pipelines/sentinel1.

const TIMEOUT_MS = 120_000;

test(
  'a Collection is printed as one document',
  async () => {
    const { code, stdout, stderr } = await runCli('collection', ['sentinel1']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\{\n {2}"type": "Collection",\n {2}"id": "sentinel1-grd",\n/);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'sentinel1-grd' });
  },
  TIMEOUT_MS,
);

test(
  'its pipeline can be named through stdin',
  () => {
    const args = ['--no-warnings', '--import', 'tsx', 'cli/collection.ts', '-'];

    const { status, stdout } = spawnSync(process.execPath, args, {
      input: 'sentinel1\n',
      encoding: 'utf8',
    });

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'Collection' });
  },
  TIMEOUT_MS,
);

test.each([
  ['no pipeline', [], /missing argument <pipeline> \(known: .*sentinel1/],
  ['an unknown pipeline', ['nope'], /unknown pipeline "nope" \(known: .*sentinel1/],
])(
  '%s is rejected with the known pipelines',
  async (_, args, sentence) => {
    const { code, stderr } = await runCli('collection', args);

    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
  },
  TIMEOUT_MS,
);
