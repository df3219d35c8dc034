import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { stop } from 'esbuild';
import { unzipSync } from 'fflate';
import { bundleEntries } from '../../../modules/bundling/bundle.js';
import type { Bundle } from '../../../modules/bundling/bundle.js';
import { packageImports } from '../../../modules/bundling/shared-packages.js';
import { writeProject } from '../../support/stacks/bundle-project.js';

const APP = 'pipelines/waves/app.ts';
const OTHER = 'pipelines/waves/collection.ts';

/** A package with state and a CommonJS module. */
const SHARED_PACKAGE = {
  'node_modules/@aws-sdk/client-tides/package.json':
    '{ "name": "@aws-sdk/client-tides", "version": "1.0.0", "module": "index.js", "type": "module", "sideEffects": false }',
  'node_modules/@aws-sdk/client-tides/index.js':
    "import { digest } from './digest.cjs';\nlet calls = 0;\nexport const ebb = () => `ebb ${digest('ebb')} ${++calls}`;\nexport const flood = () => `flood ${++calls}`;\nexport const slack = (count) => `${new Map([['at', count]]).get('at')} at ${new Set([1]).size}`;\n",
  'node_modules/@aws-sdk/client-tides/digest.cjs':
    "const crypto = require('crypto');\nexports.digest = (text) => crypto.createHash('md5').update(text).digest('hex').slice(0, 4);\n",
  // A package that imports the shared package itself.
  'node_modules/harbour/package.json':
    '{ "name": "harbour", "version": "1.0.0", "type": "module" }',
  'node_modules/harbour/index.js': "export { ebb } from '@aws-sdk/client-tides';\n",
  'node_modules/.package-lock.json': '{}',
};
const EBB = "import { ebb } from '@aws-sdk/client-tides';\nexport const handler = () => ebb();\n";
const BOTH =
  "import { ebb, flood } from '@aws-sdk/client-tides';\nexport const handler = () => `${ebb()}, ${flood()}`;\n";

function projectOf(app: string, other = EBB): string {
  return writeProject({ ...SHARED_PACKAGE, [APP]: app, [OTHER]: other });
}

async function bundleOf(root: string, entries: readonly string[] = [APP]): Promise<Bundle> {
  const bundle = (await bundleEntries(entries, { root, cache: false })).get(APP);
  if (!bundle) throw new Error('no bundle');
  return bundle;
}

function textOf({ zip }: Bundle, file: string): string {
  return new TextDecoder().decode(unzipSync(zip)[file]);
}

/** Returns the result of the handler in a plain Node process. */
function outcomeOf(bundle: Bundle): string {
  const folder = mkdtempSync(join(tmpdir(), 'task-'));
  writeFileSync(join(folder, 'app.mjs'), textOf(bundle, 'app.mjs'));
  const program = `import('${folder}/app.mjs').then(async ({ handler }) => console.log(await handler()))`;
  const output = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return output.trim();
}

// Otherwise esbuild's process keeps running after the tests.
afterAll(stop);

describe('a bundle with a shared package', () => {
  test('runs, and contains only the names that it imports', async () => {
    const bundle = await bundleOf(projectOf(EBB));
    expect(outcomeOf(bundle)).toBe('ebb 4328 1');
    expect(textOf(bundle, 'app.mjs')).not.toContain('flood');
  });

  test('finds the globals that the package uses, even if the entry has 230,000 names', async () => {
    const names = Array.from({ length: 230_000 }, (_, index) => `v${index}`);
    const app = [
      "import { slack } from '@aws-sdk/client-tides';",
      ...names.map((name) => `let ${name} = Math.random();`),
      `export const handler = () => slack([${names.join()}].length);`,
    ].join('\n');

    const bundle = await bundleOf(projectOf(app));

    expect(textOf(bundle, 'app.mjs')).not.toContain('flood');
    expect(outcomeOf(bundle)).toBe('230000 at 1');
  }, 120_000);

  test('has a source map of its own sources only', async () => {
    const map = JSON.parse(textOf(await bundleOf(projectOf(EBB)), 'app.mjs.map')) as object;
    expect(map).toMatchObject({
      sources: ['shared-packages:@aws-sdk/client-tides', '../../../pipelines/waves/app.ts'],
    });
  });

  test.each([
    ['the same name', EBB],
    ['more names', BOTH],
    ['everything', "export * from '@aws-sdk/client-tides';\nexport const handler = 1;\n"],
    ['nothing', 'export const handler = 1;\n'],
  ])('is the same alone and together with an entry that imports %s', async (_, other) => {
    const root = projectOf(EBB, other);
    expect(await bundleOf(root, [APP, OTHER])).toEqual(await bundleOf(root));
  });

  test('is the same if node_modules is a symbolic link', async () => {
    const root = projectOf(BOTH);
    const before = await bundleOf(root);
    const elsewhere = mkdtempSync(join(tmpdir(), 'packages-'));
    renameSync(join(root, 'node_modules'), join(elsewhere, 'node_modules'));
    symlinkSync(join(elsewhere, 'node_modules'), join(root, 'node_modules'));

    expect(await bundleOf(root)).toEqual(before);
  });

  test('is rebuilt after the package has changed', async () => {
    const root = projectOf(EBB);
    await bundleEntries([APP], { root });
    const file = join(root, 'node_modules/@aws-sdk/client-tides/digest.cjs');
    writeFileSync(file, "exports.digest = () => 'new';\n");

    const bundle = (await bundleEntries([APP], { root })).get(APP);

    expect(bundle && outcomeOf(bundle)).toBe('ebb new 1');
  });
});

describe('BUNDLE_WHOLE=1', () => {
  test('bundles each entry by esbuild alone, including its packages', async () => {
    const root = projectOf(EBB);
    process.env['BUNDLE_WHOLE'] = '1';
    const whole = await bundleOf(root);
    delete process.env['BUNDLE_WHOLE'];

    expect(outcomeOf(whole)).toBe(outcomeOf(await bundleOf(root)));
    const map = JSON.parse(textOf(whole, 'app.mjs.map')) as { sources: string[] };
    expect(map.sources).toContain('../../../node_modules/@aws-sdk/client-tides/index.js');
  });

  test('never uses cached bundles that were made without it, or the other way round', async () => {
    const root = projectOf(EBB);
    const [linked, whole] = [
      await bundleEntries([APP], { root, whole: false }),
      await bundleEntries([APP], { root, whole: true }),
    ];

    expect(whole.get(APP)?.hash).not.toBe(linked.get(APP)?.hash);
    expect(await bundleEntries([APP], { root, whole: true })).toEqual(whole);
    expect(await bundleEntries([APP], { root, whole: false })).toEqual(linked);
  });
});

test('an entry whose folder has its own version of a package uses that version', async () => {
  const nested = Object.entries(SHARED_PACKAGE)
    .filter(([path]) => path.includes('@aws-sdk'))
    .map(
      ([path, text]) => [`pipelines/waves/${path}`, text.replaceAll('`ebb ', '`new ebb ')] as const,
    );
  const root = writeProject({ ...SHARED_PACKAGE, [APP]: EBB, ...Object.fromEntries(nested) });

  expect(outcomeOf(await bundleOf(root))).toBe('new ebb 4328 1');
});

describe('an entry has a shared package only once if it imports it', () => {
  test.each([
    [
      'as a namespace',
      "import * as tides from '@aws-sdk/client-tides';\nexport const handler = () => `${tides.ebb()}, ${tides.flood()}`;\n",
    ],
    [
      'dynamically',
      `import { ebb } from '@aws-sdk/client-tides';
       export const handler = async () => \`\${ebb()}, \${(await import('@aws-sdk/client-tides')).flood()}\`;`,
    ],
    [
      'through another package',
      `import { flood } from '@aws-sdk/client-tides';
       import { ebb } from 'harbour';
       export const handler = () => \`\${ebb()}, \${flood()}\`;`,
    ],
  ])('%s', async (_, app) => {
    // A second copy of the package would count from 1.
    expect(outcomeOf(await bundleOf(projectOf(app)))).toBe('ebb 4328 1, flood 2');
  });
});

describe('an error names file, line and column', () => {
  test.each([
    [
      'of a name that the package does not have',
      "import { tsunami } from '@aws-sdk/client-tides';\nexport const handler = () => tsunami();\n",
      `${APP}:1:10: No matching export in "node_modules/@aws-sdk/client-tides/index.js" for import "tsunami"`,
    ],
    [
      'of a package that is not there',
      "import { ebb } from '@aws-sdk/client-tides';\nimport { sand } from '@aws-sdk/client-beach';\nexport const handler = () => ebb(sand);\n",
      `${APP}:2:22: Could not resolve "@aws-sdk/client-beach"`,
    ],
  ])('%s', async (_, app, message) => {
    await expect(bundleOf(projectOf(app), [APP, OTHER])).rejects.toThrow(message);
  });
});

test('imports of shared packages are sorted and unique, under their exported names', () => {
  const code = [
    'import { SQSClient as SQSClient2 } from "@aws-sdk/client-sqs";',
    'import {\n  SendMessageCommand,\n  SQSClient\n} from "@aws-sdk/client-sqs";',
    'import { Logger } from "@aws-lambda-powertools/logger";',
    'import "@aws-sdk/client-s3";',
    'import * as z from "zod/mini";',
    'export {\n  handler\n};',
  ].join('\n');
  expect([...packageImports(code)]).toEqual([
    ['@aws-lambda-powertools/logger', ['Logger']],
    ['@aws-sdk/client-s3', []],
    ['@aws-sdk/client-sqs', ['SQSClient', 'SendMessageCommand']],
  ]);
});

test.each([
  'import * as sqs from "@aws-sdk/client-sqs";',
  'import sqs from "@aws-sdk/client-sqs";',
  'import sqs, { SQSClient } from "@aws-sdk/client-sqs";',
  'import { "a-name" as name } from "@aws-sdk/client-sqs";',
  'export * from "@aws-sdk/client-sqs";',
])('nothing is shared with %s', (statement) => {
  const code = `import { Logger } from "@aws-lambda-powertools/logger";\n${statement}\n`;
  expect([...packageImports(code)]).toEqual([]);
});
