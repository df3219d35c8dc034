import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from './bundle.js';

const FOLDER = 'assets';

/** Returns the path of a zip relative to the stack's folder. A zip with other bytes has another path. */
export function assetPath({ name, hash }: Pick<Bundle, 'name' | 'hash'>): string {
  return `${FOLDER}/${name}-${hash.slice(0, 16)}.zip`;
}

/** Writes the zips into the stack's folder, and deletes those of earlier synths. */
export function writeAssets(stackFolder: string, bundles: readonly Bundle[]): void {
  const folder = join(stackFolder, FOLDER);
  mkdirSync(folder, { recursive: true });
  const paths = new Set(bundles.map(assetPath));
  for (const stale of readdirSync(folder)) {
    if (!paths.has(`${FOLDER}/${stale}`)) rmSync(join(folder, stale), { recursive: true });
  }
  for (const bundle of bundles) writeFileSync(join(stackFolder, assetPath(bundle)), bundle.zip);
}
