import type { GranuleSource } from '../source/source.js';
import { withEnding } from './granule-pattern.js';
import { pathOfGranule } from './local-path.js';

interface Download {
  readonly source: GranuleSource;
  /** Folder for the files. */
  readonly folder: string;
  /** Endings of the keys of other files, which take the place of what granule_pattern matches. */
  readonly others: readonly string[];
}

/** Downloads the file of a granule, and those that belong to it. Returns the path of the first. Throws ReadError. */
export async function downloadGranule(
  href: string,
  { source, folder, others }: Download,
): Promise<string> {
  const hrefs = [href, ...others.map((ending) => hrefOfOther(href, ending))];
  await Promise.all(hrefs.map((one) => source.download(one, pathOfGranule(folder, one))));
  return pathOfGranule(folder, href);
}

/**
 * Returns the href of a file beside the granule.
 *
 * @example
 * // With the pattern _MTL\.xml$:
 * hrefOfOther('s3://bucket/LC09/LC09_MTL.xml', '_ANG.txt'); // 's3://bucket/LC09/LC09_ANG.txt'
 */
function hrefOfOther(href: string, ending: string): string {
  return withEnding(href, ending);
}
