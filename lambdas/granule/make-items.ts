import { failureOf, type Failure } from '../runtime/errors.js';
import type { GranuleSource } from '../source/source.js';
import type { Log } from '../runtime/log.js';
import { makeItem, type Granule, type GranulePipeline } from './items.js';
import type { ParsedBody } from './message.js';
import type { Meter } from '../runtime/metrics.js';
import { mapLimited } from '../runtime/retry.js';
import type { Item } from '../stac/stac.js';

interface MakeItemsContext {
  readonly source: GranuleSource;
  readonly log: Log;
  readonly meter: Meter;
  readonly stacApiUrl?: string | undefined;
}

export interface MadeItems {
  readonly items: readonly Item[];
  /** Of what the message names beside them; one that another try may mend comes first. */
  readonly failure?: Failure;
}

/** Nearly every message names one granule; one that names thousands must not read them all at once. */
const CONCURRENT_GRANULES = 16;

/** All Items of a message that can be made: a granule that fails does not touch its neighbours. */
export async function makeItems<G extends Granule>(
  pipeline: GranulePipeline<G>,
  { messages, skipped, faults = [] }: ParsedBody,
  { source, stacApiUrl, log, meter }: MakeItemsContext,
): Promise<MadeItems> {
  logSkipped(skipped, log);
  const warn = log.warn.bind(log);
  const results = await mapLimited(messages, CONCURRENT_GRANULES, async (message) => {
    const granule = pipeline.parseMessage(message);
    return granule && makeItem(pipeline, granule, { source, warn, stacApiUrl });
  });
  const items = results.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
  meter.count('ItemsMade', items.length);
  const failed = results.filter((one) => one.status === 'rejected');
  const failure = firstOf(
    [...faults, ...failed.map(({ reason }): unknown => reason)].map(failureOf),
  );
  return { items, ...(failure && { failure }) };
}

function firstOf(failures: readonly Failure[]): Failure | undefined {
  return failures.find(({ kind }) => kind === 'transient') ?? failures[0];
}

function logSkipped(skipped: ParsedBody['skipped'], log: Log): void {
  for (const { reason, detail } of skipped) {
    const expected = reason !== 'no-records' && reason !== 'subscription-confirmation';
    log[expected ? 'info' : 'warn']('message skipped', { reason, detail });
  }
}
