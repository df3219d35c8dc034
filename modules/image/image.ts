import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Bundle } from '../bundling/bundle.js';
import type { PipelineConfig } from '../config/config.js';
import { ConfigError } from '../config/values/error.js';
import { baseImages, identityOf } from './base-images.js';
import type { BaseImages } from './base-images.js';
import { dockerfileOf } from './dockerfile.js';
import { contentOf, pipelineFiles, tryContentOf } from './pipeline-files.js';

/** The image of a Python pipeline's app function, as far as it is known before it is built. */
export interface PipelineImage {
  /** `<id>-<16 hexadecimal digits>`: other inputs give another tag. */
  readonly tag: string;
  readonly architecture: Architecture;
  readonly bases: BaseImages;
  /** Returns the files of the build context by path, among them Dockerfile. */
  readonly context: () => ReadonlyMap<string, Uint8Array>;
}

export type Architecture = PipelineConfig['architecture'];

export interface ImageInputs {
  /** Absolute path of the project. */
  readonly root: string;
  readonly id: string;
  readonly architecture: Architecture;
  /** The bundle of the pipeline's app.ts. */
  readonly app: Bundle;
  /** The bundle of the program that runs the app. */
  readonly bootstrap: Bundle;
  /** @default the environment variables PYTHON_IMAGE and NODE_IMAGE, or the framework's */
  readonly bases?: BaseImages;
}

const TAG_CHARACTERS = 16;

/**
 * Computes the image of a pipeline in milliseconds, from files alone. The tag depends on nothing but what is in the image:
 * not on the machine, the time, samples or tests. Throws ConfigError if the folder has no lock, or a file that cannot be
 * used.
 */
export function pipelineImage({
  bases = baseImages(process.env),
  ...inputs
}: ImageInputs): PipelineImage {
  const files = ownFiles(inputs);
  const { id, architecture, app, bootstrap } = inputs;
  const parts = [
    ['app', app.hash],
    ['architecture', architecture],
    ['bootstrap', bootstrap.hash],
    ['node', identityOf(bases.node)],
    ['python', identityOf(bases.python)],
    ...[...files].map(([path, content]) => [path, sha256(content)]),
  ];
  return {
    tag: `${id}-${sha256(JSON.stringify(parts)).slice(0, TAG_CHARACTERS)}`,
    architecture,
    bases,
    context: () => new Map([...files, ...bundled(app), ...bundled(bootstrap)]),
  };
}

const UV = join(import.meta.dirname, 'uv.txt');
const WORKER = 'lambdas/python/worker.py';

/** Everything in the build context but the bundles. */
function ownFiles({ root, id }: Pick<ImageInputs, 'root' | 'id'>): ReadonlyMap<string, Uint8Array> {
  const folder = join(root, 'pipelines', id);
  const lock = tryContentOf(join(folder, 'requirements.txt'));
  if (lock === undefined) {
    throw new ConfigError([
      `pipelines/${id}/requirements.txt is missing: npm run lock -- ${id} writes it`,
    ]);
  }
  const files = [...pipelineFiles(folder)].map(
    ([path, content]) => [`pipeline/${path}`, content] as const,
  );
  return new Map([
    ['Dockerfile', dockerfileOf(folder, `pipelines/${id}`)],
    ['requirements.txt', lock],
    ['uv.txt', contentOf(UV)],
    ['worker.py', contentOf(join(root, WORKER))],
    ...files,
  ]);
}

/** The files of a bundle, in the folder of the build context whose files become /var/task. */
function bundled({ zip }: Bundle): readonly (readonly [string, Uint8Array])[] {
  return Object.entries(unzipSync(zip)).map(([name, content]) => [`bundle/${name}`, content]);
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
