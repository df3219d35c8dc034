import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';

import { S3_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { parseS3Href } from '../../lambdas/source/s3-href.js';
import { namingsOf, type GranuleFinder } from './granule-messages.js';
import { Archives } from './archives.js';
import { InputError } from './input-error.js';

export interface S3ListingOptions {
  readonly finder: Omit<GranuleFinder, 'bucket' | 'keyPrefix'>;
  readonly requesterPays: boolean;
  readonly region: string;
  /** Receives a sentence about archives beside the granules, which are not read. */
  readonly note?: (sentence: string) => void;
}

/** Yields messages for the granules under an s3:// prefix. Needs AWS credentials. Throws InputError if listing fails. */
export async function* granulesUnder(
  prefix: string,
  { finder, requesterPays, region, note = () => undefined }: S3ListingOptions,
): AsyncGenerator<string> {
  const { bucket, key } = parseS3Href(prefix);
  const namings = namingsOf({ ...finder, bucket, keyPrefix: '' });
  const client = new S3Client({ region, followRegionRedirects: true, requestHandler: S3_REQUESTS });
  const request = {
    Bucket: bucket,
    Prefix: key,
    ...(requesterPays && { RequestPayer: 'requester' as const }),
  };
  const archives = new Archives();
  let [objects, granules] = [0, 0];
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, request)) {
      for (const { Key = '' } of Contents) {
        objects += 1;
        archives.see(Key);
        const [granule] = namings.flatMap((naming) => naming(Key) ?? []);
        if (granule) {
          granules += 1;
          yield granule.body;
        } else archives.add(Key);
      }
    }
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new InputError(`--granules ${prefix} cannot be listed: ${reason}`, { cause });
  }
  const found = archives.describe();
  if (granules === 0) throw new InputError(`--granules ${prefix} ${noGranule(objects, found)}`);
  if (found !== undefined) note(`--granules ${prefix} also has ${found}`);
}

function noGranule(objects: number, archives: string | undefined): string {
  if (archives !== undefined) return `contains no granule, but ${archives}`;
  return objects === 0
    ? 'contains no object: check the prefix'
    : 'contains no granule: the pipeline recognizes none of its keys';
}
