import { join } from 'node:path';

const BUCKET_AND_KEY = /^[a-z][a-z\d+.-]*:\/\/[^/]*\/+(.*)$/is;
const QUERY = /^(https?:[^?]*)\?.*$/is;

/**
 * Returns the path below `folder` for a granule. It repeats the key, because packages read dates and tiles from it. A
 * segment that would leave the folder keeps its place as `_`.
 *
 * @example
 * pathOfGranule('/tmp/1/in', 's3://bucket/2024/06/sst.nc'); // '/tmp/1/in/2024/06/sst.nc'
 */
export function pathOfGranule(folder: string, href: string): string {
  const plain = href.replace(QUERY, '$1');
  const [, key = plain] = BUCKET_AND_KEY.exec(plain) ?? [];
  const segments = key.split('/').filter((segment) => segment !== '');
  return join(folder, ...segments.map((segment) => (/^\.\.?$/.test(segment) ? '_' : segment)));
}
