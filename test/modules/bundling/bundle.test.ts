import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { stop } from 'esbuild';
import { unzipSync } from 'fflate';
import { bundleEntries, BundleError } from '../../../modules/bundling/bundle.js';
import type { Bundle } from '../../../modules/bundling/bundle.js';
import { ENTRIES, PROJECT_FILES, writeProject } from '../../support/stacks/bundle-project.js';

const [APP = '', COLLECTION = ''] = ENTRIES;

function textOf({ zip }: Bundle, file: string): string {
  return new TextDecoder().decode(unzipSync(zip)[file]);
}

async function bundlesOf(root: string, entries = ENTRIES): Promise<[Bundle, Bundle]> {
  const bundles = await bundleEntries(entries, { root, cache: false });
  return [APP, COLLECTION].map((entry) => bundles.get(entry)) as [Bundle, Bundle];
}

/** Imports the bundle in a plain Node process, as Lambda does, and returns the value of the expression. */
function runIn(bundle: Bundle, expression: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'task-'));
  for (const [file, content] of Object.entries(unzipSync(bundle.zip)))
    writeFileSync(join(folder, file), content);
  const program = `import('${folder}/${bundle.name}.mjs').then(async (bundle) => console.log(await ${expression}))`;
  const output = execFileSync(process.execPath, ['--enable-source-maps', '-e', program], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  return output.trim();
}

// Otherwise esbuild's process keeps running after the tests.
afterAll(stop);

describe('a bundle', () => {
  test('[F01] is byte-identical in another folder, at another time, with another umask', async () => {
    const before = process.umask(0o077);
    const first = await bundlesOf(writeProject(PROJECT_FILES, 1_000_000_000));
    process.umask(0o002);
    const second = await bundlesOf(writeProject(PROJECT_FILES, 1_700_000_000));
    process.umask(before);

    expect(second).toEqual(first);
  });

  test('[F01] is byte-identical in another time zone and locale', () => {
    const root = writeProject();
    const program = `import { bundleEntries } from ${JSON.stringify(join(process.cwd(), 'modules/bundling/bundle.ts'))};
      const [bundle] = (await bundleEntries(['${APP}'], { root: '${root}', cache: false })).values();
      console.log(bundle.hash);`;
    const hashIn = (env: Readonly<Record<string, string>>): string =>
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
    expect(hashIn({ TZ: 'Pacific/Auckland', LC_ALL: 'tr_TR.UTF-8' })).toBe(
      hashIn({ TZ: 'UTC', LC_ALL: 'C' }),
    );
  });

  test('[F01] is byte-identical if node_modules is a symbolic link', async () => {
    const map = { version: 3, sources: ['../../src/old.ts'], names: [], mappings: 'AAAA' };
    const script = PROJECT_FILES['node_modules/old-package/index.js'] ?? '';
    const root = writeProject({
      ...PROJECT_FILES,
      'node_modules/old-package/index.js': `${script}//# sourceMappingURL=index.js.map\n`,
      'node_modules/old-package/index.js.map': JSON.stringify(map),
    });
    const elsewhere = mkdtempSync(join(tmpdir(), 'packages-'));
    const before = await bundlesOf(root);
    expect(textOf(before[0], 'app.mjs.map')).toContain('"../../../src/old.ts"');
    renameSync(join(root, 'node_modules'), join(elsewhere, 'node_modules'));
    symlinkSync(join(elsewhere, 'node_modules'), join(root, 'node_modules'));

    expect(await bundlesOf(root)).toEqual(before);
  });

  test('[F01] is byte-identical alone and together with other entries', async () => {
    const root = writeProject();
    const [alone] = await bundlesOf(root, [APP]);
    const [together] = await bundlesOf(root);
    expect(alone).toEqual(together);
  });

  test('changes only if its own sources change', async () => {
    const [app, collection] = await bundlesOf(writeProject());
    const edited = {
      ...PROJECT_FILES,
      [APP]: `${PROJECT_FILES[APP] ?? ''}export const more = 1;\n`,
    };

    const [appAfter, collectionAfter] = await bundlesOf(writeProject(edited));

    expect(appAfter.hash).not.toBe(app.hash);
    expect(collectionAfter).toEqual(collection);
  });

  test('has sorted files dated 1980 with mode 0644, and the same hash in hex and in base64', async () => {
    const [app] = await bundlesOf(writeProject());
    expect(Object.keys(unzipSync(app.zip))).toEqual(['app.mjs', 'app.mjs.map']);
    expect(Buffer.from(app.hash, 'hex').toString('base64')).toBe(app.hashBase64);
    const central = Buffer.from(app.zip).indexOf('PK\u0001\u0002', 0, 'latin1');
    const at = (offset: number) => Buffer.from(app.zip).readUInt16LE(central + offset);
    // Fields of a central directory entry: date (offset 14) counts years from 1980 in bits 9 to 15.
    expect([at(14) >> 9, at(40) & 0o777]).toEqual([0, 0o644]);
  });

  test('contains no path of this machine', async () => {
    const root = writeProject();
    const [app] = await bundlesOf(root);
    expect(textOf(app, 'app.mjs') + textOf(app, 'app.mjs.map')).not.toContain(root);
  });

  test('[G16] has a source map without contents, so that stack traces name the .ts line', async () => {
    const [app] = await bundlesOf(
      writeProject({
        ...PROJECT_FILES,
        [APP]:
          "import { tide } from '../../lambdas/tide.js';\nexport const handler = () => tide('storm');\n",
      }),
    );

    const map = JSON.parse(textOf(app, 'app.mjs.map')) as Readonly<Record<string, unknown>>;
    expect(map).not.toHaveProperty('sourcesContent');
    const trace = runIn(
      app,
      'Promise.resolve().then(bundle.handler).catch((error) => error.stack)',
    );
    expect(trace).toContain('lambdas/tide.ts:4:');
  });

  test('[G11] runs in plain Node with a CommonJS package', async () => {
    const [app] = await bundlesOf(writeProject());
    expect(runIn(app, 'bundle.handler()')).toBe('app d2a5 wäve');
  });
});

describe('a bundle error', () => {
  test('names file, line and column of every error', async () => {
    const root = writeProject({
      ...PROJECT_FILES,
      [APP]: "import { tide } from './nowhere.js';\nexport const handler = tide;\n",
      [COLLECTION]: 'export const handler = ;\n',
    });

    const bundled = bundleEntries(ENTRIES, { root, cache: false });

    await expect(bundled).rejects.toThrow(BundleError);
    await expect(bundled).rejects.toThrow(
      [
        'pipelines/waves/app.ts:1:22: Could not resolve "./nowhere.js"',
        'pipelines/waves/collection.ts:1:24: Unexpected ";"',
      ].join('\n'),
    );
  });

  test('names an entry that is missing', async () => {
    await expect(
      bundleEntries(['pipelines/none/app.ts'], { root: writeProject() }),
    ).rejects.toThrow('pipelines/none/app.ts');
  });
});

describe('the cache', () => {
  const recipeOf = (root: string): Promise<ReadonlyMap<string, Bundle>> =>
    bundleEntries(ENTRIES, { root });

  test('returns the same bundle as a build', async () => {
    const root = writeProject();
    const built = await recipeOf(root);
    const found = await recipeOf(root);
    expect([...found.values()].map(({ hash }) => hash)).toEqual(
      [...built.values()].map(({ hash }) => hash),
    );
  });

  test.each([
    ['a module', 'lambdas/tide.ts', 'export const tide = (name: string): string => name;\n'],
    ['a package', 'node_modules/old-package/index.js', "exports.digest = () => 'new';\n"],
    ['the installed packages', 'node_modules/.package-lock.json', '{ "old-package": 2 }'],
  ])('is not used after %s has changed', async (_, file, content) => {
    const root = writeProject();
    await recipeOf(root);
    writeFileSync(join(root, file), content);

    const after = await recipeOf(root);

    expect(after.get(APP)).toEqual((await bundlesOf(root))[0]);
  });

  test('is not used after a module of an entry behind a symbolic link has changed', async () => {
    const [root, elsewhere] = [writeProject(), mkdtempSync(join(tmpdir(), 'code-'))];
    for (const folder of ['pipelines', 'lambdas']) {
      renameSync(join(root, folder), join(elsewhere, folder));
      symlinkSync(join(elsewhere, folder), join(root, folder));
    }
    symlinkSync(join(root, 'node_modules'), join(elsewhere, 'node_modules'));
    await recipeOf(root);
    const tide = 'export const tide = (name: string): string => name;\n';
    writeFileSync(join(elsewhere, 'lambdas/tide.ts'), tide);

    expect((await recipeOf(root)).get(APP)).toEqual((await bundlesOf(root))[0]);
  });

  test('is rebuilt if its files are damaged', async () => {
    const root = writeProject();
    const built = await recipeOf(root);
    const folder = join(root, 'node_modules/.cache/bundles');
    const files = execFileSync('ls', [folder], { encoding: 'utf8' }).trim().split('\n');
    for (const file of files)
      writeFileSync(join(folder, file), readFileSync(join(folder, file)).subarray(0, 50));

    expect((await recipeOf(root)).get(APP)).toEqual(built.get(APP));
  });
});
