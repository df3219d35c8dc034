import { failureOf } from '../../lambdas/runtime/errors.js';
import type { Granule, GranulePipeline } from '../../lambdas/granule/items.js';
import { parseBody } from '../../lambdas/granule/message.js';
import { parseGranule } from '../../lambdas/granule/parse.js';
import { callPipelineCode } from '../../lambdas/runtime/unexpected.js';
import { s3EventBody } from '../../lambdas/source/s3-event.js';

/** The pipeline, used to decide whether a file name belongs to a granule. */
export interface GranuleFinder {
  readonly pipeline: Pick<GranulePipeline<Granule>, 'parseMessage'>;
  /** The function of the pipeline's historic.ts; undefined if it has none. */
  readonly rowToMessageBody?: RowToMessageBody | undefined;
  /** Name of the pipeline's bucket, as in its messages. */
  readonly bucket: string;
  /** Prefix of the pipeline's keys in the bucket: empty, or with a trailing slash. */
  readonly keyPrefix: string;
}

type RowToMessageBody = (row: Record<string, string | undefined>) => string | undefined;

/** A granule that the pipeline recognized by a file name. */
export interface FoundGranule {
  /** Body of its message. */
  readonly body: string;
  readonly href: string;
  /** The href that the folder stands for: the bucket, or the pipeline's prefix in it, with a trailing slash. */
  readonly root: string;
}

/** One way to derive a message from the key of a file. Returns undefined if the pipeline does not recognize it. */
export type Naming = (key: string) => FoundGranule | undefined;

/**
 * Returns the ways to derive messages from files, likely ones first: the folder represents the whole bucket or the
 * pipeline's prefix in it, and the message comes from an inventory row or from an S3 event.
 */
export function namingsOf({
  pipeline,
  rowToMessageBody,
  bucket,
  keyPrefix,
}: GranuleFinder): Naming[] {
  const bodies: ((key: string) => string | undefined)[] = [(key) => s3EventBody(bucket, key)];
  if (rowToMessageBody) {
    bodies.unshift((key) =>
      callPipelineCode(
        () => `rowToMessageBody of '${key}'`,
        () => rowToMessageBody({ bucket, key }),
      ),
    );
  }
  const prefixes = keyPrefix === '' ? [''] : ['', keyPrefix];
  return prefixes.flatMap((prefix) =>
    bodies.map((bodyOf) => (key: string) => {
      const body = bodyOf(prefix + key);
      const href = body && tryFindHref(body, pipeline);
      return href && body ? { body, href, root: `s3://${bucket}/${prefix}` } : undefined;
    }),
  );
}

/** A file for whose message the pipeline throws a permanent error is not one of its granules. */
function tryFindHref(body: string, pipeline: GranuleFinder['pipeline']): string | undefined {
  try {
    const { messages } = parseBody(body);
    const granules = messages.flatMap(
      (message) => parseGranule(pipeline.parseMessage, message) ?? [],
    );
    return granules[0]?.href;
  } catch (error) {
    if (failureOf(error).kind === 'permanent') return undefined;
    throw error;
  }
}
