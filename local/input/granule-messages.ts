import { failureOf } from '../../lambdas/runtime/errors.js';
import type { Granule, GranulePipeline } from '../../lambdas/granule/items.js';
import { parseBody } from '../../lambdas/granule/message.js';

/** What is asked whether a file's name is that of a granule: the pipeline itself. */
export interface GranuleFinder {
  readonly pipeline: Pick<GranulePipeline<Granule>, 'parseMessage'>;
  /** Of the pipeline's historic.ts; undefined where it has none. */
  readonly rowToMessageBody?: RowToMessageBody | undefined;
  /** Of the pipeline's bucket, as its messages name it. */
  readonly bucket: string;
  /** Of the pipeline's keys in the bucket, '' or with a slash at its end. */
  readonly keyPrefix: string;
}

type RowToMessageBody = (row: Record<string, string | undefined>) => string | undefined;

/** A granule that the pipeline sees in a file's name. */
export interface FoundGranule {
  /** The message that names it. */
  readonly body: string;
  readonly href: string;
}

/** One way to name a file below a folder to the pipeline. */
export type Naming = (key: string) => FoundGranule | undefined;

/**
 * The ways to name files, likely ones first: the folder stands for the bucket or for the pipeline's part of it, and a
 * file shows as a row of the inventory or as an S3 event.
 */
export function namingsOf({
  pipeline,
  rowToMessageBody,
  bucket,
  keyPrefix,
}: GranuleFinder): Naming[] {
  const bodies: ((key: string) => string | undefined)[] = [(key) => s3Event(bucket, key)];
  if (rowToMessageBody) bodies.unshift((key) => rowToMessageBody({ bucket, key }));
  const prefixes = keyPrefix === '' ? [''] : ['', keyPrefix];
  return prefixes.flatMap((prefix) =>
    bodies.map((bodyOf) => (key: string) => {
      const body = bodyOf(prefix + key);
      return body === undefined ? undefined : tryFind(body, pipeline);
    }),
  );
}

/** A name that the pipeline refuses for good is none of its granules. */
function tryFind(
  body: string,
  { parseMessage }: GranuleFinder['pipeline'],
): FoundGranule | undefined {
  try {
    const granules = parseBody(body).messages.flatMap((message) => parseMessage(message) ?? []);
    return granules[0] && { body, href: granules[0].href };
  } catch (error) {
    if (failureOf(error).kind === 'permanent') return undefined;
    throw error;
  }
}

function s3Event(bucket: string, key: string): string {
  const encoded = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
  const s3 = { bucket: { name: bucket }, object: { key: encoded } };
  return JSON.stringify({
    Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }],
  });
}
