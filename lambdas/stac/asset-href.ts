import * as z from 'zod/mini';

const WEB_OR_S3 = /^(?:https?|s3|gs):/i;
const WITH_HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/]/i;
/** At least two letters, because `C:/x` is a path on Windows. */
const SCHEME = /^[a-z][a-z0-9+.-]+:./i;

/** The href of an asset. It must be absolute, because an Item in a catalogue has no folder to resolve it against. */
export const assetHref = z.string().check(
  z.refine((href) => !href.includes('\\'), 'has a backslash'),
  z.refine(isAbsolute, 'is not an absolute URL or path'),
);

/** Absolute paths are the hrefs of local runs over folders. */
function isAbsolute(href: string): boolean {
  if (href.startsWith('/')) return !href.startsWith('//');
  return WEB_OR_S3.test(href) ? WITH_HOST.test(href) : SCHEME.test(href);
}
