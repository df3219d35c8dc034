import type { SQSRecord } from 'aws-lambda';
import { isForced } from '../queue/attributes.js';
import { failureOf, PipelineError } from '../runtime/errors.js';
import type { Log } from '../runtime/log.js';
import type { Meter } from '../runtime/metrics.js';
import type { Item } from '../stac/stac.js';
import { GIVEN_UP } from './time-budget.js';
import type { GrantedClaim, PostedVersions } from '../ingestor/version-table.js';

interface VersionedItem {
  readonly item: Pick<Item, 'id'>;
  readonly record: SQSRecord;
  /** undefined if the pipeline declares no versions. */
  readonly version: string | undefined;
}

interface VersionContext {
  readonly versions?: PostedVersions | undefined;
  readonly remainingMs: () => number;
  readonly log: Log;
  readonly meter: Pick<Meter, 'count'>;
}

type VersionOutcome =
  { readonly result: 'posted' } | { readonly result: 'superseded'; readonly by: string };

/** By how much clocks of containers may differ. */
const CLOCK_MS = 10_000;

/** Thrown while another message about the same Item is being posted. Transient: this one is tried again after it. */
class VersionBusyError extends PipelineError {
  override readonly name = 'VersionBusy';
}

/**
 * Posts an Item unless a newer version of it was posted. Only one post of an Item is in progress at a time; the others are
 * tried again later. Throws VersionBusyError, and what `post` throws.
 */
export async function postVersion(
  { item, record, version }: VersionedItem,
  { versions, remainingMs, log, meter }: VersionContext,
  post: () => Promise<void>,
): Promise<VersionOutcome> {
  if (versions === undefined || version === undefined) {
    await post();
    return { result: 'posted' };
  }
  const claim = await versions.claim({
    itemId: item.id,
    by: record.messageId,
    version,
    isForced: isForced(record),
    until: Date.now() + remainingMs() + CLOCK_MS,
  });
  if (claim.result === 'superseded') {
    meter.count('ItemsSuperseded');
    return claim;
  }
  if (claim.result === 'busy') {
    const message = `another message about the Item '${item.id}' is being posted: this one is tried again, so that the newer version stays`;
    throw new VersionBusyError(message, { kind: 'transient' });
  }
  try {
    await post();
  } catch (error) {
    await release(claim, { error, log });
    throw error;
  }
  await claim.posted();
  return { result: 'posted' };
}

/** A post that was given up may still arrive, so its claim stays until the function cannot be running any more. */
async function release(
  claim: GrantedClaim,
  { error, log }: { readonly error: unknown; readonly log: Log },
): Promise<void> {
  if (failureOf(error).name === GIVEN_UP) return;
  try {
    await claim.release();
  } catch (cause) {
    const detail = failureOf(cause).message;
    log.warn('cannot release the claim of an Item: other versions of it wait until it ends', {
      error: detail,
    });
  }
}
