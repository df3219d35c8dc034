import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tryFingerprint } from '../../../../cli/plan/affected.js';
import { type Bundle, bundleEntries } from '../../../../modules/bundling/bundle.js';
import { assetPath } from '../../../../modules/bundling/assets.js';
import { fixtureProject } from '../../../support/cli/fixture-project.js';
import { gitProject } from '../../../support/cli/project-root.js';

const project = fixtureProject();
const ENTRY = 'pipelines/waves/app.ts';

async function bundleIn(root: string): Promise<Bundle> {
  const bundle = (await bundleEntries([ENTRY], { root, cache: false })).get(ENTRY);
  if (!bundle) throw new Error('no bundle');
  return bundle;
}

function stackOf(bundle: Bundle, memory = 512): string {
  const folder = mkdtempSync(join(tmpdir(), 'stack-'));
  const code = { filename: assetPath(bundle), source_code_hash: bundle.hashBase64, memory };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify({ code, triggers: bundle.hashBase64 }));
  return folder;
}

test('a fingerprint does not depend on the location of node_modules', async () => {
  const here = await bundleIn(project);
  const root = gitProject({});
  cpSync(join(project, 'pipelines/waves'), join(root, 'pipelines/waves'), { recursive: true });
  const elsewhere = await bundleIn(root);

  expect(tryFingerprint(stackOf(elsewhere))).toBe(tryFingerprint(stackOf(here)));
});

test('a fingerprint depends on the code and the stack', async () => {
  const here = await bundleIn(project);
  const root = gitProject({});
  cpSync(join(project, 'pipelines/waves'), join(root, 'pipelines/waves'), { recursive: true });
  writeFileSync(join(root, ENTRY), 'export const handler = () => 1;\n');

  expect(tryFingerprint(stackOf(await bundleIn(root)))).not.toBe(tryFingerprint(stackOf(here)));
  expect(tryFingerprint(stackOf(here, 1024))).not.toBe(tryFingerprint(stackOf(here)));
});

test('a missing stack has no fingerprint', () => {
  expect(tryFingerprint('/nowhere')).toBeUndefined();
});
