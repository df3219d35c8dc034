import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { GranuleError } from '../runtime/errors.js';
import { joinHref } from '../source/href.js';
import type { Asset, Item } from '../stac/stac.js';
import { FILE_EXTENSION, fileFields } from './checksum.js';
import { placeOf, tryBelow } from './local-hrefs.js';
import type { OutputWriter } from './writer.js';

/** A granule on disk, and the folder in which a package wrote files. */
export interface GranuleFiles {
  /** The href of the granule. */
  readonly href: string;
  /** Its downloaded file; undefined if the package read the href itself. */
  readonly file: string | undefined;
  /** The folder that holds the downloaded files below the paths of their keys. */
  readonly input: string;
  /** The folder in which the package may write. */
  readonly output: string;
}

/**
 * Replaces the paths on this machine in an Item's assets: a downloaded file, or one beside it, gets its own href back; a
 * file in the output folder is written with `output`, gets the href there, and its size and checksum. Throws GranuleError
 * for every other path, because it would be lost with this machine, and OutputError.
 */
export async function placeAssets(
  item: Item,
  files: GranuleFiles,
  output: OutputWriter,
): Promise<Item> {
  const { assets } = item as { readonly assets: unknown };
  if (typeof assets !== 'object' || assets === null) return item;
  const entries = Object.entries(assets as Item['assets']);
  const faults = await faultsOf(entries, files, output);
  if (faults.length > 0) {
    throw new GranuleError(`${files.href}: ${faults.join('; ')}`, { href: files.href });
  }
  const placed: [string, Asset][] = [];
  for (const [key, asset] of entries) {
    placed.push([key, await placedAsset(asset, { item, files, output })]);
  }
  return withExtension({ ...item, assets: Object.fromEntries(placed) });
}

interface Placing {
  readonly item: Item;
  readonly files: GranuleFiles;
  readonly output: OutputWriter;
}

async function placedAsset(asset: Asset, { item, files, output }: Placing): Promise<Asset> {
  const place = hrefPlace(asset);
  if (place?.kind !== 'path') return asset;
  const input = tryInputHref(place.path, files);
  if (input !== undefined) return { ...asset, href: input };
  const name = `${encodeURIComponent(item.id)}/${tryBelow(files.output, place.path) ?? ''}`;
  const fields = await fileFields(place.path);
  const href = await output.write(name, place.path, { type: asset.type });
  return { ...asset, ...fields, href };
}

/** An asset that is not an object, or has no href, is left to the validation. */
function hrefPlace(asset: Partial<Asset> | null) {
  return typeof asset?.href === 'string' ? placeOf(asset.href) : undefined;
}

/** Says of each asset whose file would be lost why, with its key. */
async function faultsOf(
  entries: readonly (readonly [string, Asset])[],
  files: GranuleFiles,
  output: OutputWriter,
): Promise<string[]> {
  const faults: string[] = [];
  for (const [key, asset] of entries) {
    const place = hrefPlace(asset);
    if (place === undefined || place.kind === 'remote') continue;
    const why = await faultOf(place, files, output);
    if (why !== undefined) faults.push(`asset '${key}' is ${asset.href}, ${why}`);
  }
  return faults;
}

async function faultOf(
  place: Exclude<ReturnType<typeof placeOf>, { kind: 'remote' }>,
  files: GranuleFiles,
  output: OutputWriter,
): Promise<string | undefined> {
  if (place.kind === 'relative') return 'a relative href, which nothing can follow';
  if (tryInputHref(place.path, files) !== undefined) return undefined;
  if (tryBelow(files.output, place.path) === undefined)
    return 'a file of this machine, outside of the folder for outputs';
  if (!output.isConfigured)
    return 'a file that was made with the Item, but config.yaml has no outputs';
  const isFile = await stat(place.path).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? undefined : 'but there is no such file';
}

/** Returns the href of a file in the input folder: that of the granule, or of one beside or below it. */
function tryInputHref(path: string, { href, file, input }: GranuleFiles): string | undefined {
  if (file === undefined || tryBelow(input, path) === undefined) return undefined;
  if (path === file) return href;
  const beside = tryBelow(dirname(file), path);
  if (beside !== undefined) return joinHref(folderOf(href), beside);
  const [above = ''] = /^(?:[a-z][a-z\d+.-]*:\/\/[^/]*)?\//i.exec(href) ?? [];
  return joinHref(above, tryBelow(input, path) ?? basename(path));
}

/** The href without the name of the file and without a query. */
function folderOf(href: string): string {
  const plain = /^https?:/i.test(href) ? (href.split('?', 1)[0] ?? href) : href;
  return plain.slice(0, plain.lastIndexOf('/'));
}

function withExtension(item: Item): Item {
  const hasFields = Object.values(item.assets).some(
    (asset: Partial<Asset> | null) => asset?.['file:checksum'] !== undefined,
  );
  const { stac_extensions: declared = [] } = item;
  if (!hasFields || declared.some((uri) => uri.includes('/file/'))) return item;
  return { ...item, stac_extensions: [...declared, FILE_EXTENSION] };
}
