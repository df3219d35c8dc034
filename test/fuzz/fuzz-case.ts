import { ReadError } from '../../lambdas/runtime/errors.js';
import type { GranuleCollaborators } from '../../lambdas/granule/collaborators.js';
import { silentLog } from '../../lambdas/runtime/log.js';
import { silentMeter } from '../../lambdas/runtime/metrics.js';
import { seededRandom } from '../../local/http/faults.js';
import { LocalQueue } from '../../local/queue/local-queue.js';
import type { GranuleHandler } from '../../lambdas/granule-handler.js';
import type { Corpus } from './corpus.js';
import { below, mutate } from './damage.js';
import { readSource } from '../kit/read-source.js';

export interface CaseOutcome {
  readonly outcome: 'posted' | 'refused' | 'skipped' | 'finding';
  /** The bug that the case reveals; undefined if there is none. */
  readonly finding?: string;
}

/** Errors that a bad input may cause. */
const TYPED = new Set(['MessageError', 'GranuleError', 'ReadError', 'ValidationError']);
const FUNCTION_MS = 60_000;

/** What every case of a run shares. */
export interface FuzzTarget {
  /** The handler of the pipeline under test. */
  readonly handler: GranuleHandler;
  readonly corpus: Corpus;
}

/** Runs the pipeline's handler on one damaged file or body, which the seed and number determine. */
export async function runCase(
  { handler, corpus }: FuzzTarget,
  seed: number,
  number: number,
): Promise<CaseOutcome> {
  const random = seededRandom(seed * 1_000_003 + number);
  const isBody = random() < 0.5;
  const victim = corpus.files[below(corpus.files.length, random)];
  const files = new Map(corpus.files.map(({ href, bytes }) => [href, bytes]));
  if (!isBody && victim) files.set(victim.href, mutate(victim.bytes, random));
  const body = isBody
    ? mutate(
        Buffer.from(corpus.bodies[below(corpus.bodies.length, random)] ?? ''),
        random,
      ).toString()
    : bodyFor(victim?.href ?? '');
  return handle(handler, body, files);
}

/** The message that makes the pipeline read the damaged product. */
function bodyFor(href: string): string {
  const path = /GRD\/(?:[^/]+\/){5}[^/]+/.exec(href)?.[0];
  return JSON.stringify({ path });
}

async function handle(
  handler: GranuleHandler,
  body: string,
  files: ReadonlyMap<string, Buffer>,
): Promise<CaseOutcome> {
  let outcome: CaseOutcome = { outcome: 'skipped' };
  const queue = new LocalQueue();
  queue.send(body);
  const collaborators: GranuleCollaborators = {
    log: silentLog,
    meter: silentMeter,
    source: readSource((href, range) => read(files, href, range)),
    postItem: (item) => {
      JSON.stringify(item);
      outcome = { outcome: 'posted' };
      return Promise.resolve();
    },
    queue: {
      sendToDeadLetters: (_, { failure: { name, message } }) => {
        outcome = TYPED.has(name)
          ? { outcome: 'refused' }
          : { outcome: 'finding', finding: `${name}: ${message}` };
        return Promise.resolve();
      },
      returnLater: () => Promise.resolve(),
    },
    // Every failure is final, so that its reason is recorded.
    retry: { pipeline: 'fuzz', maxReceiveCount: 1, retryDelaySeconds: 0 },
  };
  const context = { awsRequestId: 'fuzz', getRemainingTimeInMillis: () => FUNCTION_MS };
  try {
    const answer = await handler.with(collaborators)({ Records: queue.receive() }, context);
    if (answer.batchItemFailures.length === 0) return outcome;
    return { outcome: 'finding', finding: 'the record neither succeeded nor became a dead letter' };
  } catch (error) {
    return { outcome: 'finding', finding: `the handler threw ${String(error)}` };
  }
}

function read(
  files: ReadonlyMap<string, Buffer>,
  href: string,
  range?: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  const bytes = files.get(href);
  if (bytes) {
    const { offset = 0, length = bytes.length } = range ?? {};
    return Promise.resolve(bytes.subarray(offset, offset + length));
  }
  return Promise.reject(
    new ReadError(`${href}: the object does not exist`, { href, kind: 'permanent' }),
  );
}
