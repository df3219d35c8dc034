import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineImage } from '../../modules/image/image.js';
import { buildImage } from './build.js';
import { findBuilder, type BuilderName } from './builders.js';
import type { Registry } from './ecr.js';
import { replaceFolder } from './layout-folder.js';
import { pushImage } from './push.js';

export interface Publication {
  readonly id: string;
  readonly image: PipelineImage;
  /** The builder to use. @default the first that can build */
  readonly builder?: BuilderName | undefined;
  /** A folder that keeps the image in the OCI layout. @default none */
  readonly out?: string | undefined;
  /** Returns where to push; called after the build, because credentials expire. @default the image is not pushed */
  readonly registry?: (() => Promise<Registry>) | undefined;
  /** Prints what takes time. */
  readonly print: (sentence: string) => void;
}

/** Builds an image, and pushes it. Throws CommandError with one sentence that says what to do. */
export async function publishImage(publication: Publication): Promise<void> {
  const { id, image, out, registry, print } = publication;
  const builder = await findBuilder(publication.builder);
  const use = async (folder: string): Promise<void> => {
    const built = await buildImage({ id, image, builder, print }, folder);
    if (registry === undefined) return;
    await pushImage({ id, tag: image.tag, image: built, registry: await registry(), print });
  };
  await (out === undefined ? inTemporaryFolder(use) : replaceFolder(out, use));
}

async function inTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'stac-pipelines-layout-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
