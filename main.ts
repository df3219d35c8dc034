import { BundleError } from './modules/bundling/bundle.js';
import { ConfigError } from './modules/config/values/error.js';
import { bundlePipelines } from './modules/bundling/pipeline-bundles.js';
import { isBootstrap, readBootstrapProject, readProject } from './modules/config/project.js';
import { refuseUnknownStacks } from './modules/config/requested-stacks.js';

const source = { root: import.meta.dirname, env: process.env };

// cdktf takes half a second to load: esbuild, a process of its own, works meanwhile.
const loadCdktf = () => import('./modules/stacks/synthesize.js');

// cdktf takes a stack trace for every token, and mapping them back to .ts doubles the time of a synth.
if (process.env['DEBUG'] === undefined) process.setSourceMapsEnabled(false);

/** Every folder in pipelines/ as a stack. All is read and bundled before anything is written. */
async function synthesize(): Promise<void> {
  if (isBootstrap(source)) {
    const project = readBootstrapProject(source);
    (await loadCdktf()).synthesizeBootstrap(project);
    return;
  }
  const project = readProject(source);
  refuseUnknownStacks(source.root);
  const [bundles, { synthesizePipelines }] = await Promise.all([
    bundlePipelines(project.pipelines, source),
    loadCdktf(),
  ]);
  synthesizePipelines(project, { bundles });
}

try {
  await synthesize();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof BundleError)) throw error;
  // For a person: whoever runs cdktf sees this text as it is.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
