import type { HistoricPipeline } from '../../lambdas/backfill/historic-pipeline.js';

export interface ChunkWalk {
  /** The first chunk. */
  readonly from: string;
  /** Chunk at which to stop. @default the last one, after which nextChunk returns undefined */
  readonly to?: string | undefined;
  /** Day of the report, as YYYY-MM-DD in UTC. */
  readonly inventoryDate: string;
  /** Maximum number of chunks. @default no limit */
  readonly max?: number;
  /** Milliseconds after which the count is given up. @default 5000 */
  readonly limitMs?: number;
}

export interface ChunkCount {
  /** Number of chunks, both ends included. */
  readonly count: number;
  /** The last chunk that was counted. */
  readonly last: string;
  /** False if there are more chunks, which took too long to count. */
  readonly isExact: boolean;
}

const LIMIT_MS = 5_000;
const CHECK_EVERY = 64;

/**
 * Counts chunks with nextChunk, which is pure. Returns undefined if nextChunk throws or returns what it must not, as the run
 * itself then fails.
 */
export function countChunks(
  { nextChunk }: Pick<HistoricPipeline, 'nextChunk'>,
  { from, to, inventoryDate, max = Infinity, limitMs = LIMIT_MS }: ChunkWalk,
): ChunkCount | undefined {
  const until = Date.now() + limitMs;
  let last = from;
  try {
    for (let count = 1; ; count += 1) {
      if (count >= max || last === to) return { count, last, isExact: true };
      // A cast or plain JavaScript can return what the type forbids.
      const next: unknown = nextChunk(last, { inventoryDate });
      if (next === undefined || next === null) return { count, last, isExact: true };
      if (typeof next !== 'string' || next === '' || next === last) return undefined;
      if (count % CHECK_EVERY === 0 && Date.now() > until) return { count, last, isExact: false };
      last = next;
    }
  } catch {
    return undefined;
  }
}
