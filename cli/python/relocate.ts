import { lstatSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Changes the programs of a virtual environment so that they start after its folder was renamed: their first line, or a
 * variable in it, holds the path of the folder in which they were installed.
 */
export function relocate(folder: string, target: string): void {
  const bin = join(folder, 'bin');
  const places = [...new Set([resolve(folder), realpathSync(folder)])];
  for (const name of readdirSync(bin)) {
    const path = join(bin, name);
    // A link leads to a Python outside of the folder.
    if (!lstatSync(path).isFile()) continue;
    const content = readFileSync(path);
    if (content.includes(0)) continue;
    const before = content.toString('utf8');
    const after = places.reduce((text, place) => text.replaceAll(place, resolve(target)), before);
    if (after !== before) writeFileSync(path, after);
  }
}
