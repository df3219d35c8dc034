import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformStack, type App } from 'cdktf';
import { BootstrapStack } from './bootstrap-stack.js';
import { GithubOidcStack } from './github-oidc-stack.js';
import { ImagesStack } from './images-stack.js';
import { assetPath, writeAssets } from '../bundling/assets.js';
import type { Bundle } from '../bundling/bundle.js';
import { newApp } from '../constructs/base-stack.js';
import { mapRoles } from '../bundling/pipeline-bundles.js';
import type { PipelineBundles } from '../bundling/pipeline-bundles.js';
import { imageCode, zipCode, type FunctionCode } from '../constructs/function-code.js';
import { PipelineStack } from './pipeline-stack.js';
import type { PipelineConfig } from '../config/config.js';
import { imageUri } from '../config/images.js';
import { parseArn } from '../config/values/arn.js';
import type { BootstrapProject, Project } from '../config/project.js';
import { PROVIDER_LOCK } from '../config/providers.js';

interface Destination {
  /** Folder for the stacks. @default cdktf.out */
  readonly outdir?: string;
  /** The lock file to lay beside each stack; if it is missing, Terraform chooses the providers' versions. */
  readonly providerLock?: string;
}

/** The code of the pipelines, by their ids. */
interface Code {
  readonly bundles: ReadonlyMap<string, PipelineBundles>;
  /** The tags of the images of those whose app is an image. @default the app of every pipeline is a zip */
  readonly images?: ReadonlyMap<string, string>;
}

/** Writes a stack for every pipeline, with the zips of its functions and the lock of its providers. */
export function synthesizePipelines(
  { name, state, pipelines, topicRegions }: Project,
  { bundles, images = new Map(), ...to }: Destination & Code,
): void {
  const app = newApp(to.outdir);
  for (const config of pipelines) {
    const code = mapRoles(bundlesOf(config.id, bundles), toCode);
    const tag = images.get(config.id);
    const appCode = tag === undefined ? code.app : imageOf(config, { project: name, tag });
    new PipelineStack(app, {
      config,
      project: name,
      state,
      code: { ...code, app: appCode },
      earlierTopicRegion: topicRegions?.[config.id],
    });
  }
  app.synth();
  layLocks(app, to);
  for (const { id } of pipelines) {
    const inImage = images.has(id) ? IN_IMAGE : [];
    const zips = Object.entries(bundlesOf(id, bundles)).filter(([name]) => !inImage.includes(name));
    writeAssets(
      join(app.outdir, 'stacks', id),
      zips.map(([, zip]) => zip),
    );
  }
}

/** Bundles that the image of a pipeline in Python contains. */
const IN_IMAGE: readonly string[] = ['app', 'bootstrap'];

/** Writes the stacks of the project itself: the state bucket with the project's dashboard, and the roles of GitHub workflows. */
export function synthesizeBootstrap(
  { name: project, bucket, tags, images, compared, dashboard }: BootstrapProject,
  to: Destination = {},
): void {
  const app = newApp(to.outdir);
  new BootstrapStack(app, { project, tags, bucket, dashboard });
  if (images.length > 0) new ImagesStack(app, { project, tags, bucket, pipelines: images });
  new GithubOidcStack(app, { project, tags, bucket, compared });
  app.synth();
  layLocks(app, to);
}

/** Copies the lock file beside each stack, where `terraform init` takes exactly the versions in it. */
function layLocks(app: App, { providerLock }: Destination): void {
  if (providerLock === undefined || !existsSync(providerLock)) return;
  for (const { node } of app.node.children.filter((child) => TerraformStack.isStack(child)))
    copyFileSync(providerLock, join(app.outdir, 'stacks', node.id, PROVIDER_LOCK));
}

function bundlesOf(id: string, bundles: ReadonlyMap<string, PipelineBundles>): PipelineBundles {
  const found = bundles.get(id);
  if (!found) throw new Error(`no bundles for pipeline ${id}`);
  return found;
}

function imageOf(
  { secret_arn, region }: PipelineConfig,
  of: { readonly project: string; readonly tag: string },
): FunctionCode {
  const { account } = parseArn(secret_arn);
  return imageCode({ imageUri: imageUri({ ...of, account, region }) });
}

function toCode(bundle: Bundle): FunctionCode {
  return zipCode({
    path: assetPath(bundle),
    hashBase64: bundle.hashBase64,
    handler: `${bundle.name}.handler`,
  });
}
