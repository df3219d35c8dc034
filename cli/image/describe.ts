import { resolve } from 'node:path';
import { bundlePipelines } from '../../modules/bundling/pipeline-bundles.js';
import { checkCode, checkedPipelines } from '../../modules/bundling/check-code.js';
import { readProjectConfig, type PipelineConfig } from '../../modules/config/config.js';
import type { PipelineImage } from '../../modules/image/image.js';
import { pipelineImages } from '../../modules/image/pipeline-images.js';
import { CommandError, type PipelineFolder } from '../shared/command.js';
import { localConfig } from '../shared/local-config.js';

interface Described {
  readonly config: PipelineConfig;
  readonly image: PipelineImage;
}

/**
 * Returns the image of a pipeline, which is not built yet, and its config. Throws CommandError for a pipeline without an
 * image, ConfigError and BundleError.
 */
export async function describeImage({ id, folder }: PipelineFolder): Promise<Described> {
  const root = resolve('.');
  const config = configOf(folder);
  if (config.python_function === undefined) {
    throw new CommandError(
      `${id} has no image, because its Items are not made in Python: npm run deploy -- ${id} deploys its functions as zips`,
    );
  }
  await checkCode(checkedPipelines([config], root), root);
  const bundles = await bundlePipelines([config], { root });
  const image = pipelineImages([config], { root, bundles }).get(id);
  if (image === undefined) throw new Error(`no image of ${id}`);
  return { config, image };
}

/** An image is pushed for a PROJECT; without one it is built for this machine. */
function configOf(folder: string): PipelineConfig {
  const { PROJECT: project = '' } = process.env;
  return project === '' ? localConfig(folder) : readProjectConfig(folder, project);
}
