import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackImage, type UnpackedImage } from '../../support/images/unpack.js';
import { runProject } from './project-copy.js';
import { imagesFolder } from '../system/run-record.js';
import type { System } from '../system/system.js';

export interface BuiltImage {
  readonly tag: string;
  /** The digest of the manifest. */
  readonly digest: string;
}

interface Build {
  readonly id: string;
  /** Options of `npm run image`. */
  readonly options: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Called with the image in the OCI layout, which is then deleted. */
  readonly use?: (image: BuiltImage, layout: string) => void;
}

/** Builds the image of a pipeline with `npm run image`. */
export async function buildImage(
  system: System,
  { id, options, env, use }: Build,
): Promise<BuiltImage> {
  const layout = join(system.folder, 'layout');
  const words = ['cli/image.ts', id, '--out', `oci:${layout}`, ...options] as const;
  const tag = (await runProject(system, words, env)).trim();
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    readonly manifests: readonly [{ readonly digest: string }];
  };
  const built = { tag, digest: index.manifests[0].digest };
  use?.(built, layout);
  rmSync(layout, { recursive: true });
  return built;
}

/** Unpacks an image from the OCI layout to where the emulator looks for the images of functions. */
export function unpackForEmulator({ folder }: System, tag: string, layout: string): UnpackedImage {
  const place = join(imagesFolder(folder), tag);
  const image = unpackImage(layout, join(place, 'root'));
  const { env, entrypoint, command, root } = image;
  for (const name of ['tmp', 'proc', 'dev']) mkdirSync(join(root, name), { recursive: true });
  const config = { Env: env, Entrypoint: entrypoint, Cmd: command };
  writeFileSync(join(place, 'config.json'), JSON.stringify(config));
  return image;
}
