import { join } from 'node:path';
import { BundleError } from './modules/bundling/bundle.js';
import { checkCode, checkedPipelines } from './modules/bundling/check-code.js';
import { ConfigError } from './modules/config/values/error.js';
import { pipelineImages } from './modules/image/pipeline-images.js';
import { bundlePipelines } from './modules/bundling/pipeline-bundles.js';
import { isBootstrap, readBootstrapProject, readProject } from './modules/config/project.js';
import { PROVIDER_LOCK } from './modules/config/providers.js';

const source = { root: import.meta.dirname, env: process.env };
const providerLock = join(source.root, PROVIDER_LOCK);

// cdktf takes half a second to load. esbuild runs in a process of its own, and bundles meanwhile.
const loadCdktf = () => import('./modules/stacks/synthesize.js');

// cdktf takes a stack trace for every token. Mapping these to .ts lines would double the time of a synth.
if (process.env['DEBUG'] === undefined) process.setSourceMapsEnabled(false);

/** Writes a stack for every folder in pipelines/, after all of them have been read and bundled without errors. */
async function synthesize(): Promise<void> {
  if (isBootstrap(source)) {
    const project = readBootstrapProject(source);
    (await loadCdktf()).synthesizeBootstrap(project, { providerLock });
    return;
  }
  const project = readProject(source);
  await checkCode(checkedPipelines(project.pipelines, source.root), source.root);
  const [bundles, { synthesizePipelines }] = await Promise.all([
    bundlePipelines(project.pipelines, source),
    loadCdktf(),
  ]);
  const images = pipelineImages(project.pipelines, { bundles, root: source.root });
  const tags = new Map([...images].map(([id, { tag }]) => [id, tag]));
  synthesizePipelines(project, { bundles, images: tags, providerLock });
}

try {
  await synthesize();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof BundleError)) throw error;
  // The cdktf CLI shows this text unchanged.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
