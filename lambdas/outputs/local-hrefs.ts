import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the href of an asset is: a remote one, a path on this machine, or a relative one, which no reader could follow. */
export type AssetPlace =
  | { readonly kind: 'remote' }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'relative' };

const SCHEME = /^[a-z][a-z\d+.-]*:/i;

export function placeOf(href: string): AssetPlace {
  if (/^file:/i.test(href)) return { kind: 'path', path: pathOfUrl(href) };
  if (SCHEME.test(href)) return { kind: 'remote' };
  return isAbsolute(href) ? { kind: 'path', path: href } : { kind: 'relative' };
}

/** Returns the path of `path` below `folder`, with slashes; undefined if it is elsewhere. */
export function tryBelow(folder: string, path: string): string | undefined {
  // Resolving links takes many system calls, and is seldom needed.
  return relativeBelow(folder, path) ?? relativeBelow(real(folder), real(path));
}

function relativeBelow(folder: string, path: string): string | undefined {
  const below = relative(folder, path);
  const isBelow = below !== '' && below !== '..' && !below.startsWith('../') && !isAbsolute(below);
  return isBelow ? below : undefined;
}

/** Resolves symbolic links, as of /tmp on macOS; of a file that does not exist, those of its folder. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : `${real(folder)}${path.slice(folder.length)}`;
  }
}

function pathOfUrl(href: string): string {
  try {
    return fileURLToPath(href);
  } catch {
    return href.slice('file://'.length);
  }
}
