import type { Granule, GranulePipeline } from '../../lambdas/granule/items.js';
import { parseBody } from '../../lambdas/granule/message.js';
import { parseGranule } from '../../lambdas/granule/parse.js';
import type { HistoricPipeline } from '../../lambdas/backfill/historic-pipeline.js';
import type { Row } from '../../lambdas/inventory/result-csv.js';
import { s3EventBody } from '../../lambdas/source/s3-event.js';
import { placeOf, unique, type CodeAnswer } from './subject.js';

interface NamesItems {
  /** Returns the id of the Item of a row, if it follows from the row alone. */
  readonly itemIdOf?: ((row: Row) => string | undefined) | undefined;
}

/** The pure functions of a pipeline that say what a key stands for. */
export interface PipelineCode {
  readonly app: Pick<GranulePipeline<Granule>, 'parseMessage'>;
  /** Undefined if the pipeline has no historic.ts. */
  readonly historic: (Pick<HistoricPipeline, 'rowToMessageBody'> & NamesItems) | undefined;
  /** The buckets of its objects, for keys that are given without one. */
  readonly buckets: readonly string[];
}

/**
 * Asks the pipeline's code for the granule and the Item of a key: a row of an inventory with this key becomes a message,
 * and that a granule. An error of the code means that it does not know the key.
 */
export function askCode(given: string, { app, historic, buckets }: PipelineCode): CodeAnswer {
  const place = placeOf(given);
  if (place === undefined) return { texts: [], itemIds: [] };
  const { bucket, key } = place;
  const row = { key };
  const bodies = [
    attempt(() => historic?.rowToMessageBody(row)),
    ...(bucket === undefined ? buckets : [bucket]).map((one) =>
      attempt(() => s3EventBody(one, key)),
    ),
  ];
  const hrefs = bodies.flatMap((body) => (body === undefined ? [] : hrefsOf(body, app)));
  return {
    texts: unique(hrefs.flatMap((href) => [href, href.replace(/^s3:\/\/[^/]+\//, '')])),
    itemIds: unique([attempt(() => historic?.itemIdOf?.(row)) ?? '']),
  };
}

function hrefsOf(body: string, { parseMessage }: PipelineCode['app']): string[] {
  const messages = attempt(() => parseBody(body).messages) ?? [];
  return messages.flatMap((message) => {
    const href: unknown = attempt(() => parseGranule(parseMessage, message))?.href;
    return typeof href === 'string' ? [href] : [];
  });
}

function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
