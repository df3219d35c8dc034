import { addCounts, type Counts } from '../../lambdas/backfill/counts.js';
import { type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import type { HistoricPipeline } from '../../lambdas/backfill/historic-pipeline.js';
import { duration, type ProgressLine } from '../../local/run/progress.js';
import { countChunks } from './count-chunks.js';
import { counted, cut, printable } from '../shared/table.js';

export interface ChunkProgressOptions {
  readonly pipeline: Pick<HistoricPipeline, 'nextChunk'>;
  /** Maximum number of chunks that this command sends. */
  readonly chunks: number;
  /** The cursor with which the command begins. */
  readonly first: BackfillCursor;
}

/** Returns the line that shows how far a local backfill is, from its cursor and the seconds since the command began. */
type ChunkProgress = (cursor: BackfillCursor, seconds: number) => ProgressLine;

/** Chunks done, with the part of the current one, and the rows read. */
interface Mark {
  readonly chunks: number;
  readonly rows: number;
}

const MAX_NAME = 40;
const COUNTING_MS = 200;
/** Below this rate, in chunks a second, the progress within a chunk is worth its place. */
const SLOW = 1;

/**
 * Shows the chunk at work, chunks and rows a second, and the time left. Rates are averages since the command began, so
 * that a backfill which continues does not count what an earlier command did.
 */
export function chunkProgress(options: ChunkProgressOptions): ChunkProgress {
  const [begun, total] = [markOf(options.first), totalOf(options)];
  return (cursor, seconds) => lineOf(cursor, { begun, mark: markOf(cursor), total, seconds });
}

interface Pace {
  readonly begun: Mark;
  readonly mark: Mark;
  readonly total: number | undefined;
  readonly seconds: number;
}

function lineOf(cursor: BackfillCursor, { begun, mark, total, seconds }: Pace): ProgressLine {
  const perSecond = (name: keyof Mark): number =>
    seconds > 0 ? (mark[name] - begun[name]) / seconds : 0;
  const [chunks, rows] = [perSecond('chunks'), perSecond('rows')];
  const left = total !== undefined && chunks > 0 ? (total - mark.chunks) / chunks : undefined;
  const isChunked = cursor.chunk !== undefined;
  const parts = [
    isChunked ? chunkText(cursor, total) : 'the whole inventory',
    ...(isChunked && chunks >= SLOW ? [] : withinChunk(cursor)),
    ...(left === undefined ? [] : [`${duration(left)} left`]),
    ...(isChunked ? [rateText(chunks, 'chunks')] : []),
    rateText(rows, 'rows'),
    ...countTexts(addCounts(cursor.totals, cursor.counts)),
  ];
  return { text: parts.join(', '), share: total && mark.chunks / total };
}

function markOf({ chunks, result, totals, counts }: BackfillCursor): Mark {
  const share = result === undefined || result.size === 0 ? 0 : result.offset / result.size;
  return { chunks: chunks + share, rows: totals.rows + counts.rows };
}

function chunkText({ chunk = '', chunks }: BackfillCursor, total: number | undefined): string {
  const done = number(chunks);
  const known = total === undefined ? `${done} done` : `${done} of ${number(total)} done`;
  return `chunk ${cut(printable(chunk), MAX_NAME)} (${known})`;
}

function withinChunk({ stage, result }: BackfillCursor): string[] {
  if (stage === 'pending' || stage === 'querying') return ['querying'];
  if (result === undefined || result.size === 0) return [];
  return [`${((result.offset / result.size) * 100).toFixed(0)} % sent`];
}

function countTexts({ rows, sent, refused, archived = 0 }: Counts): string[] {
  return [
    counted(rows, 'row'),
    counted(sent, 'message'),
    ...(refused > 0 ? [`${number(refused)} refused`] : []),
    ...(archived > 0 ? [`${number(archived)} archived`] : []),
  ];
}

function rateText(perSecond: number, what: string): string {
  if (perSecond === 0 || perSecond >= 0.1) return `${rounded(perSecond)} ${what}/s`;
  return `${rounded(perSecond * 60)} ${what}/min`;
}

function rounded(rate: number): string {
  return rate === 0 || rate >= 10 ? number(Math.round(rate)) : rate.toFixed(1);
}

function number(count: number): string {
  return count.toLocaleString('en');
}

/** Chunks done when the command ends, including those done before; undefined if that is not known. */
function totalOf(options: ChunkProgressOptions): number | undefined {
  const { chunk, chunks, inventoryDate, range } = options.first;
  if (range !== undefined) return range.count;
  if (inventoryDate === undefined) return undefined;
  if (chunk === undefined) return chunks + 1;
  const { pipeline, chunks: max } = options;
  const left = countChunks(pipeline, { from: chunk, inventoryDate, max, limitMs: COUNTING_MS });
  return left?.isExact ? chunks + left.count : undefined;
}
