import type { BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { scanCostUsd } from '../../lambdas/inventory/report.js';
import { counted, duration } from '../shared/table.js';
import { countChunks, type ChunkCount } from './count-chunks.js';
import { estimateText, usdText, type ScanEstimate } from './cost.js';
import type { BackfillTarget } from './target.js';

/** What several chunks cost in Athena, and how many messages they may become. */
export interface WholeCost {
  readonly chunks: number;
  /** First and last chunk in the order of nextChunk. */
  readonly from: string;
  readonly to: string;
  /** False if there are more chunks, which took too long to count. */
  readonly isExact: boolean;
  readonly queries: number;
  /** Bytes that a query scans: measured, or the size of the report, which is the maximum. */
  readonly bytesPerQuery: number;
  readonly isMeasured: boolean;
  /** At Athena's list price. */
  readonly scanUsd: number;
  /** Number of messages, if the chunks have as many as those before; undefined before the first. */
  readonly messages: number | undefined;
}

interface WholeCostInput {
  readonly from: string;
  readonly count: ChunkCount;
  readonly estimate: ScanEstimate;
  /** The backfill, for what its queries scanned and how many messages its chunks had. */
  readonly before?: BackfillCursor | undefined;
  /** Messages of a chunk. @default the average of the chunks that are done */
  readonly perChunk?: number | undefined;
}

/** Multiplies the cost of a chunk by the number of chunks. */
export function wholeCost({ from, count, estimate, before, perChunk }: WholeCostInput): WholeCost {
  const { count: chunks, last: to, isExact } = count;
  const { bytes = 0, queries: measured = 0 } = before?.scanned ?? {};
  const isMeasured = measured > 0;
  const bytesPerQuery = isMeasured ? Math.round(bytes / measured) : estimate.bytes;
  const queries = chunks * estimate.queries;
  const average = perChunk ?? averageOf(before);
  return {
    chunks,
    from,
    to,
    isExact,
    queries,
    bytesPerQuery,
    isMeasured,
    scanUsd: queries * scanCostUsd(bytesPerQuery),
    messages: average === undefined ? undefined : Math.round(average * chunks),
  };
}

interface Rest {
  readonly from: string | undefined;
  readonly to?: string | undefined;
  /** Maximum number of chunks. @default no limit */
  readonly max?: number | undefined;
  readonly before?: BackfillCursor | undefined;
  readonly perChunk?: number | undefined;
}

/** The cost of the chunks from `from` on; undefined for a pipeline without chunks, and if nextChunk fails. */
export function costFrom(
  { historic }: Pick<BackfillTarget, 'historic'>,
  estimate: ScanEstimate,
  { from, to, max, ...rest }: Rest,
): WholeCost | undefined {
  if (from === undefined) return undefined;
  const { inventoryDate } = estimate;
  const walk = { from, to, inventoryDate, ...(max !== undefined && { max }) };
  const count = countChunks(historic.pipeline, walk);
  return count && wholeCost({ from, count, estimate, ...rest });
}

/** What a start costs: its query, and all chunks that the schedule then begins one after the other. */
export function startText(
  target: BackfillTarget,
  estimate: ScanEstimate,
  before: BackfillCursor | undefined,
): string {
  const text = estimateText(estimate, target);
  const hours = target.settings.frequencyHours;
  if (target.kind === 'local' || hours === 0) return text;
  const cost = costFrom(target, estimate, { from: firstOf(target, before), before });
  if (cost === undefined) return text;
  const days = duration((cost.chunks - 1) * hours * 3600);
  const lasts =
    cost.chunks === 1 ? '' : `; at one chunk every ${counted(hours, 'hour')} it takes ${days}`;
  return `${text}. Until its end, ${wholeCostText(cost, target)}${lasts}`;
}

/** The chunk with which a start goes on; undefined for a pipeline without chunks. */
export function firstOf(
  { settings }: Pick<BackfillTarget, 'settings'>,
  before: BackfillCursor | undefined,
): string | undefined {
  if (settings.frequencyHours === 0) return undefined;
  return before?.chunk ?? settings.initialChunk;
}

function averageOf(cursor: BackfillCursor | undefined): number | undefined {
  if (cursor === undefined || cursor.chunks === 0) return undefined;
  return cursor.totals.sent / cursor.chunks;
}

/** The cost of several chunks in one sentence. */
export function wholeCostText(cost: WholeCost, { kind }: Pick<BackfillTarget, 'kind'>): string {
  const { chunks, from, to, isExact, queries, isMeasured, scanUsd, messages } = cost;
  const least = isExact ? '' : 'at least ';
  const which = chunks === 1 ? `chunk ${from}` : `chunks ${from} to ${to}`;
  const price = isMeasured ? 'about' : isExact ? 'at most' : 'more than';
  const usd = `${price} ${usdText(scanUsd)} (Athena's list price${isMeasured ? ', by what earlier queries scanned' : ''})`;
  const where = kind === 'aws' ? usd : `free on this machine; in AWS ${usd}`;
  const made =
    messages === undefined
      ? ''
      : `; about ${messages.toLocaleString('en')} messages to make Items of`;
  return `${which}: ${least}${counted(chunks, 'chunk')}, ${least}${queriesText(queries)}, ${where}${made}`;
}

function queriesText(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'query' : 'queries'}`;
}
