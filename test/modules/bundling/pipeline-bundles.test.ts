import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { stop } from 'esbuild';
import { unzipSync } from 'fflate';
import type { Bundle } from '../../../modules/bundling/bundle.js';
import { bundlePipelines } from '../../../modules/bundling/pipeline-bundles.js';
import { listPipelines } from '../../../modules/config/config.js';
import { readLocalConfig } from '../../../modules/config/environment/local.js';
import { fixtureProject } from '../../support/cli/fixture-project.js';

const run = promisify(execFile);
const MAX_CODE_BYTES = 800_000;
/** Node.js reads the map at the first error. A map that includes the shared packages has more than 1,000,000. */
const MAX_MAP_BYTES = 400_000;

/** The pipelines of the tests, and those of this project, each bundled in its own. */
const roots = [fixtureProject(), process.cwd()];
const configs = roots.flatMap((root) =>
  listPipelines(join(root, 'pipelines')).map((id) => ({
    ...readLocalConfig(join(root, 'pipelines', id)).config,
    verify_ingestion: true,
    root,
  })),
);
const parts = await Promise.all(
  roots.map((root) =>
    bundlePipelines(
      configs.filter((config) => config.root === root),
      { root },
    ),
  ),
);
const bundles = new Map(parts.flatMap((part) => [...part]));
const functions = [...bundles].flatMap(([id, all]) =>
  Object.values(all)
    .filter(({ name }: Bundle) => name !== 'bootstrap')
    .map((bundle: Bundle) => [`${id}/${bundle.name}`, bundle] as const),
);

/** Imports the bundle in a plain Node process, as Lambda does, without environment variables. */
async function load({ name, zip }: Bundle): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'task-'));
  for (const [file, content] of Object.entries(unzipSync(zip)))
    writeFileSync(join(folder, file), content);
  const program = `
    const { handler } = await import('${folder}/${name}.mjs');
    const event = { Records: [], action: 'continue' };
    const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 1000 };
    const outcome = await handler(event, context).catch(({ name, message }) => ({ name, message }));
    console.log(JSON.stringify({ type: typeof handler, outcome }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
  });
  rmSync(folder, { recursive: true });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

// Otherwise esbuild's process keeps running after the tests.
afterAll(stop);

describe.each(functions)('the bundle of %s', (_, bundle) => {
  const files = unzipSync(bundle.zip);

  test('is small', () => {
    expect(files[`${bundle.name}.mjs`]?.length).toBeLessThan(MAX_CODE_BYTES);
  });

  test('[G16] has a small source map', () => {
    expect(files[`${bundle.name}.mjs.map`]?.length).toBeLessThan(MAX_MAP_BYTES);
  });

  test('[G11] loads in plain Node, and its handler names a missing environment variable', async () => {
    expect(await load(bundle)).toEqual({
      type: 'function',
      outcome: {
        name: 'ConfigurationError',
        message: expect.stringMatching(/^environment variable \w+ is not set/) as unknown,
      },
    });
  });
});

describe('the bundle of the bootstrap', () => {
  test('is there for pipelines in Python, the same for all of them', () => {
    const hashes = configs.map(({ id, python_function }) => [
      python_function !== undefined,
      bundles.get(id)?.bootstrap?.hash,
    ]);
    const ofPython = hashes.filter(([isPython]) => isPython).map(([, hash]) => hash);

    expect(new Set(ofPython)).toEqual(new Set([expect.stringMatching(/^[0-9a-f]{64}$/)]));
    expect(hashes.filter(([isPython, hash]) => !isPython && hash !== undefined)).toEqual([]);
  });

  test('is small', () => {
    const bundle = [...bundles.values()].flatMap(({ bootstrap }) => bootstrap ?? [])[0];
    const files = unzipSync(bundle?.zip ?? new Uint8Array());

    expect(files['bootstrap.mjs']?.length).toBeLessThan(30_000);
  });
});
