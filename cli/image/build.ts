import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineImage } from '../../modules/image/image.js';
import { CommandError } from '../shared/command.js';
import { readArchive } from './archive.js';
import { whyNotBuilt } from './build-failure.js';
import { BUILDERS, type BuilderName } from './builders.js';
import { writeContext } from './context-folder.js';
import { writeLayout, type ImageLayout } from './layout.js';
import { buildOptions } from './options.js';
import { runLong } from './run.js';

export interface ImageBuild {
  readonly id: string;
  readonly image: PipelineImage;
  readonly builder: BuilderName;
  readonly print: (sentence: string) => void;
}

const PLATFORMS = { arm64: 'linux/arm64', x86_64: 'linux/amd64' } as const;

/** Variables of this process that the build takes as arguments of the same names, if they are set. */
const PASSED = ['PIP_INDEX_URL', 'UV_DEFAULT_INDEX'];

/** Returns the name of an image in the storage of the builder. */
function localName({ tag }: Pick<PipelineImage, 'tag'>): string {
  return `localhost/stac-pipelines:${tag}`;
}

/**
 * Builds an image, and writes it into an empty folder in the OCI layout, as one manifest without an index. It also stays
 * with the builder, under localName. Throws CommandError with one sentence that says what to do.
 */
export async function buildImage(build: ImageBuild, folder: string): Promise<ImageLayout> {
  const scratch = mkdtempSync(join(tmpdir(), 'stac-pipelines-image-'));
  try {
    await runBuilder(build, join(scratch, 'context'));
    return await takeOut(build, { scratch, folder });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runBuilder(
  { id, image, builder, print }: ImageBuild,
  context: string,
): Promise<void> {
  writeContext(context, image.context());
  const { bases, architecture } = image;
  const platform = PLATFORMS[architecture];
  const given = PASSED.filter((name) => (process.env[name] ?? '') !== '');
  print(`${id}: building ${image.tag} for ${platform} with ${builder}`);
  const call = BUILDERS[builder].build({
    context,
    name: localName(image),
    platform,
    options: buildOptions(process.env),
    arguments: {
      PYTHON_IMAGE: bases.python,
      NODE_IMAGE: bases.node,
      ...Object.fromEntries(given.map((name) => [name, undefined])),
    },
  });
  const { code, lines } = await runLong(call, { doing: `${id}: building`, print });
  if (code !== 0) throw new CommandError(whyNotBuilt({ id, builder, image, lines }));
}

async function takeOut(
  { id, image, builder, print }: ImageBuild,
  { scratch, folder }: Readonly<Record<'scratch' | 'folder', string>>,
): Promise<ImageLayout> {
  const [file, unpacked] = [join(scratch, 'image.tar'), join(scratch, 'unpacked')];
  mkdirSync(unpacked);
  print(`${id}: compressing the image`);
  const call = BUILDERS[builder].save(localName(image), file);
  const { code, lines } = await runLong(call, { doing: `${id}: saving`, print });
  if (code !== 0)
    throw new CommandError(
      `${builder} cannot save the image: ${lines.at(-1) ?? 'it gave no reason'}`,
    );
  const saved = await readArchive(file, unpacked);
  rmSync(file);
  const layout = await writeLayout(saved, { folder, tag: image.tag });
  const bytes = layout.layers.reduce((sum, { size }) => sum + size, layout.config.size);
  print(`${id}: built ${image.tag}, ${megabytes(bytes)} compressed, ${layout.digest}`);
  return layout;
}

/** Returns a size in MB, as registries count. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(0)} MB`;
}
