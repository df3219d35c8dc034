import { basename, resolve } from 'node:path';

import { joinHref } from '../lambdas/href.js';
import type { HrefMap } from '../local/container-protocol.js';

/** A granule as a person names it, and where it is read when that is not its href. */
export interface NamedGranule {
  readonly href: string;
  readonly sourceMap?: HrefMap;
}

/** An s3:// or https:// href as it is; a folder by its absolute path, or under the prefix that it will have. */
export function namedGranule(given: string, prefix: string | undefined): NamedGranule {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) return { href: given };
  const folder = resolve(given);
  if (prefix === undefined) return { href: folder };
  const name = basename(folder);
  const plain = prefix.replace(/\/+$/, '');
  const href = basename(plain) === name ? plain : joinHref(plain, name);
  return { href, sourceMap: { from: href, to: folder } };
}
