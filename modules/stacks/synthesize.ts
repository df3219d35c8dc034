import { join } from 'node:path';
import { BootstrapStack } from './bootstrap-stack.js';
import { GithubOidcStack } from './github-oidc-stack.js';
import { assetPath, writeAssets } from '../bundling/assets.js';
import type { Bundle } from '../bundling/bundle.js';
import { newApp } from '../constructs/base-stack.js';
import { mapRoles } from '../bundling/pipeline-bundles.js';
import type { PipelineBundles } from '../bundling/pipeline-bundles.js';
import type { FunctionCode } from '../constructs/pipeline-function.js';
import { PipelineStack } from './pipeline-stack.js';
import type { BootstrapProject, Project } from '../config/project.js';

/**
 * Writes a stack for every pipeline, and the zips of its functions into its folder.
 *
 * @param outdir folder for the stacks, by default cdktf.out
 */
export function synthesizePipelines(
  { name, state, pipelines }: Project,
  {
    bundles,
    outdir,
  }: { readonly bundles: ReadonlyMap<string, PipelineBundles>; readonly outdir?: string },
): void {
  const app = newApp(outdir);
  for (const config of pipelines) {
    new PipelineStack(app, {
      config,
      project: name,
      state,
      code: mapRoles(bundlesOf(config.id, bundles), toCode),
    });
  }
  app.synth();
  for (const { id } of pipelines) {
    writeAssets(join(app.outdir, 'stacks', id), Object.values(bundlesOf(id, bundles)));
  }
}

/** Writes the stacks of the project itself: the state bucket, and the roles of GitHub workflows. */
export function synthesizeBootstrap({ name, bucket }: BootstrapProject, outdir?: string): void {
  const app = newApp(outdir);
  new BootstrapStack(app, { project: name, bucket });
  new GithubOidcStack(app, { project: name, bucket });
  app.synth();
}

function bundlesOf(id: string, bundles: ReadonlyMap<string, PipelineBundles>): PipelineBundles {
  const found = bundles.get(id);
  if (!found) throw new Error(`no bundles for pipeline ${id}`);
  return found;
}

function toCode(bundle: Bundle): FunctionCode {
  return {
    path: assetPath(bundle),
    hashBase64: bundle.hashBase64,
    handler: `${bundle.name}.handler`,
  };
}
