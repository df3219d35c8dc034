import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';

import { S3_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { parseS3Href } from '../../lambdas/source/s3-href.js';
import { namingsOf, type GranuleFinder } from './granule-messages.js';
import { InputError } from './input-error.js';

export interface S3ListingOptions {
  readonly finder: Omit<GranuleFinder, 'bucket' | 'keyPrefix'>;
  readonly requesterPays: boolean;
  readonly region: string;
}

/** Yields messages for the granules under an s3:// prefix. Needs AWS credentials. Throws InputError if listing fails. */
export async function* granulesUnder(
  prefix: string,
  { finder, requesterPays, region }: S3ListingOptions,
): AsyncGenerator<string> {
  const { bucket, key } = parseS3Href(prefix);
  const namings = namingsOf({ ...finder, bucket, keyPrefix: '' });
  const client = new S3Client({ region, followRegionRedirects: true, requestHandler: S3_REQUESTS });
  const request = {
    Bucket: bucket,
    Prefix: key,
    ...(requesterPays && { RequestPayer: 'requester' as const }),
  };
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, request)) {
      for (const object of Contents) {
        const [granule] = namings.flatMap((naming) => naming(object.Key ?? '') ?? []);
        if (granule) yield granule.body;
      }
    }
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new InputError(`--granules ${prefix} cannot be listed: ${reason}`, { cause });
  }
}
