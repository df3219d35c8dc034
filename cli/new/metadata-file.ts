import { FieldError } from '../../modules/config/values/error.js';

/** The file that has the footprint of a granule: the granule's own object, or one beside it. */
export interface MetadataFile {
  readonly key: string;
  readonly format: 'json' | 'xml';
  /**
   * The end of the granule's key, perhaps empty, that `to` takes the place of to get the key of the file; undefined for
   * the same file.
   */
  readonly change?: { readonly from: string; readonly to: string };
}

/** Returns the key of the file that has the footprint, if no other is named: the granule's own, or one of the same name. */
export function likelyMetadata(key: string): string {
  if (formatOf(key) !== undefined) return key;
  const [, stem = key] = /^(.*?)\.[^./]*$/.exec(key) ?? [];
  return `${stem}.json`;
}

/** Parses the example key of a metadata file. Throws FieldError. */
export function parseMetadata(
  metadata: string,
  { key, id }: { readonly key: string; readonly id: string },
): MetadataFile {
  const format = formatOf(metadata);
  if (format === undefined) {
    throw new FieldError(
      'must be the key of a .json, .geojson or .xml file, which has the footprint',
    );
  }
  if (metadata === key) return { key, format };
  let same = 0;
  while (same < key.length && key[same] === metadata[same]) same++;
  // The two parts begin with a dot or after a slash, so that the code shows whole names.
  while (
    same > 0 &&
    !(key[same] === '.' && metadata[same] === '.') &&
    key[same - 1] !== '/' &&
    !key.slice(0, same).endsWith(id)
  )
    same--;
  const [from, to] = [key.slice(same), metadata.slice(same)];
  // The sample keeps keys as paths, and an object cannot be a folder too.
  const isBeside = from !== '' || !to.startsWith('/');
  if (key.slice(0, same).includes(id) && isBeside && !`${from} ${to}`.includes(id))
    return { key: metadata, format, change: { from, to } };
  throw new FieldError(
    `must be the key of a file beside ${key}, which differs only after the id ${JSON.stringify(id)}`,
  );
}

function formatOf(key: string): MetadataFile['format'] | undefined {
  if (/\.(geo)?json$/i.test(key)) return 'json';
  return /\.xml$/i.test(key) ? 'xml' : undefined;
}
