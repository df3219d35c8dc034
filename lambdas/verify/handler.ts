import type { Context } from 'aws-lambda';
import { deployedVerifyCollaborators, type VerifyCollaborators } from './collaborators.js';
import { failureOf } from '../runtime/errors.js';
import type { PendingIngestion } from '../ingestor/pending.js';
import type { Ingestion } from '../ingestor/reader.js';
import { mapLimited } from '../runtime/retry.js';

/** The number of Items by result. */
export interface VerifyResult {
  readonly loaded: number;
  /** Items that are not loaded yet, or whose message is back on the queue. */
  readonly waiting: number;
  readonly requeued: number;
  readonly dead: number;
  /** Items that could not be checked, because the ingestor or the queue failed. */
  readonly unsettled: number;
}

type Verdict = keyof VerifyResult;
type InvocationContext = Pick<Context, 'getRemainingTimeInMillis'>;

export interface VerifyHandler {
  (event: unknown, context: InvocationContext): Promise<VerifyResult>;
  /** Returns the same handler with these collaborators instead of the deployed ones. */
  with(collaborators: VerifyCollaborators): VerifyHandler;
}

const CONCURRENT = 16;
const PAGE = 160;
/** Time reserved for the last requests, and for writing their results. */
const RESERVE_MS = 10_000;

/**
 * Creates the handler of the scheduled function behind verify_ingestion. It asks the ingestor for the status of each
 * posted Item: Items that were loaded are removed from the state table, Items that failed go back to the queue, and
 * to the dead-letter queue after `maxTries` attempts.
 */
export function verifyHandler(): VerifyHandler {
  return handlerWith(deployedVerifyCollaborators);
}

function handlerWith(collaborators: () => VerifyCollaborators): VerifyHandler {
  const handle = async (_event: unknown, context: InvocationContext): Promise<VerifyResult> => {
    const verify = collaborators();
    const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
    const counts = { loaded: 0, waiting: 0, requeued: 0, dead: 0, unsettled: 0 };
    for await (const page of pagesOf(verify, hasTime)) {
      const verdicts = await verifyPage(page, verify);
      for (const verdict of verdicts) counts[verdict] += 1;
    }
    verify.log.info('ingestions verified', counts);
    verify.meter.publish();
    return counts;
  };
  return Object.assign(handle, {
    with: (others: VerifyCollaborators) => handlerWith(() => others),
  });
}

/**
 * Yields pages until the time is used up, and stores where it stopped. If every run started at the beginning, the later
 * Items might never be checked.
 */
async function* pagesOf(
  { ingestions, cursor }: VerifyCollaborators,
  hasTime: () => boolean,
): AsyncGenerator<PendingIngestion[]> {
  let page: PendingIngestion[] = [];
  const after = await cursor.read();
  for await (const pending of ingestions.pending(after)) {
    page.push(pending);
    if (page.length < PAGE) continue;
    yield page;
    if (!hasTime()) {
      await cursor.write(pending.itemId);
      return;
    }
    page = [];
  }
  if (page.length > 0) yield page;
  if (after !== undefined) await cursor.write(undefined);
}

async function verifyPage(
  page: readonly PendingIngestion[],
  verify: VerifyCollaborators,
): Promise<Verdict[]> {
  const errors: unknown[] = [];
  const results = await mapLimited(page, CONCURRENT, (pending) => verifyOne(pending, verify));
  const verdicts = results.map((result): Verdict => {
    if (result.status === 'fulfilled') return result.value;
    errors.push(result.reason);
    return 'unsettled';
  });
  // If every request failed, the ingestor is down or the configuration is wrong: fail, so that the function's alarm fires.
  if (errors.length > 0 && errors.length === page.length) throw errors[0];
  for (const error of errors) {
    verify.log.warn('could not verify an ingestion', { error: failureOf(error).message });
  }
  return verdicts;
}

async function verifyOne(pending: PendingIngestion, verify: VerifyCollaborators): Promise<Verdict> {
  if (pending.isRequeued) return 'waiting';
  const ingestion = await verify.getIngestion(pending.itemId);
  const fault = faultOf(ingestion);
  if (fault !== undefined) return sendAgain(pending, fault, verify);
  if (ingestion?.status !== 'succeeded' && ingestion?.status !== 'cancelled') return 'waiting';
  await verify.ingestions.remove(pending);
  return 'loaded';
}

/** Returns why the Item must be sent again; undefined if it was loaded or may still be. */
function faultOf(ingestion: Ingestion | undefined): string | undefined {
  if (ingestion === undefined) {
    return 'the ingestor accepted the Item but has no record of it';
  }
  if (ingestion.status !== 'failed') return undefined;
  return `the ingestor accepted the Item but failed to load it: ${ingestion.message ?? '(no message)'}`;
}

/** Sends before it updates the row: a crash in between duplicates the message instead of losing it. */
async function sendAgain(
  pending: PendingIngestion,
  reason: string,
  { queue, ingestions, maxTries, log }: VerifyCollaborators,
): Promise<Verdict> {
  const { itemId, messageId, correlationId, tries } = pending;
  const isLast = tries >= maxTries;
  if (isLast) {
    await queue.sendToDeadLetters(pending, `${reason} (posted ${tries + 1} times)`);
    await ingestions.remove(pending);
  } else {
    await queue.sendAgain(pending);
    await ingestions.markRequeued(pending);
  }
  const outcome = isLast ? 'dead' : 'requeued';
  log[isLast ? 'error' : 'warn']('ingestion', {
    itemId,
    messageId,
    correlationId,
    outcome,
    reason,
    tries: tries + 1,
  });
  return outcome;
}
