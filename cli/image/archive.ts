import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runChild } from '../shared/child.js';
import { CommandError } from '../shared/command.js';

/** An image in a folder, as `docker save` writes it. */
export interface SavedImage {
  /** The configuration, as JSON. */
  readonly config: Uint8Array;
  /** Paths of the layers, the lowest first: tar files, which may be compressed. */
  readonly layers: readonly string[];
}

const ManifestSchema = z.tuple([z.object({ Config: z.string(), Layers: z.array(z.string()) })]);

/** Unpacks an archive of one image into an empty folder. Throws CommandError. */
export async function readArchive(file: string, folder: string): Promise<SavedImage> {
  const { code, stderr } = await runChild('tar', ['-xf', file, '-C', folder], { cwd: '.' });
  if (code !== 0) throw new CommandError(`the image cannot be unpacked: ${stderr.trim()}`);
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const [{ Config, Layers }] = ManifestSchema.parse(manifest);
  return {
    config: readFileSync(join(folder, Config)),
    layers: Layers.map((layer) => join(folder, layer)),
  };
}
