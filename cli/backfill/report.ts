import type { RepostRange } from '../../lambdas/backfill/repost-range.js';
import type { Counts } from '../../lambdas/backfill/counts.js';
import { archivedHint, chunkName } from '../../lambdas/backfill/run.js';
import { duration } from '../../local/run/progress.js';
import { bytesText, usdText } from './cost.js';
import type { BackfillProgress } from './progress.js';
import { commandFor, type BackfillTarget } from './target.js';
import { counted, printable, shortTime } from '../shared/table.js';

/** The progress of a backfill as lines for the terminal. */
export function progressLines(progress: BackfillProgress, target: BackfillTarget): string[] {
  const { counts, chunkCounts, queryId, failure, waitingFor } = progress;
  const isChunked = target.settings.frequencyHours > 0;
  if (waitingFor !== undefined) return waitingLines(progress, waitingFor, target);
  return [
    headline(progress, target),
    field('report', reportText(progress)),
    field('where', progress.range?.where && printable(progress.range.where)),
    field('goes on', aheadText(progress)),
    field('progress', shareText(progress)),
    field('rows', countsText(counts)),
    field('this chunk', isChunked && chunkCounts.rows > 0 ? countsText(chunkCounts) : undefined),
    field('rate', rateText(progress)),
    field('query', queryId),
    field('failure', failure && printable(failure)),
    field('as of', `${shortTime(progress.updatedAt)}, started ${shortTime(progress.startedAt)}`),
    ...hints(progress, target).map((hint) => `  ${hint}`),
  ].filter((line) => line !== undefined);
}

/** The lines of a backfill that has not started because its inventory is not there. */
function waitingLines(
  progress: BackfillProgress,
  waitingFor: string,
  target: BackfillTarget,
): string[] {
  const { state, chunk, startedAt } = progress;
  return [
    `${target.pipeline}: ${state}, ${chunkName(chunk)} has not started because its inventory is not there`,
    fieldLine('missing', printable(waitingFor)),
    fieldLine('since', shortTime(startedAt)),
    ...hints(progress, target).map((hint) => `  ${hint}`),
  ];
}

function field(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : fieldLine(name, value);
}

function fieldLine(name: string, value: string): string {
  return `  ${name.padEnd(11)}${value}`;
}

function headline(progress: BackfillProgress, target: BackfillTarget): string {
  const { state, chunk, chunksDone, range } = progress;
  if (range !== undefined) return repostHeadline(progress, range, target);
  if (target.settings.frequencyHours === 0)
    return `${target.pipeline}: ${state}, the whole inventory`;
  const which =
    state === 'waiting' ? 'next is chunk' : state === 'complete' ? 'last was chunk' : 'chunk';
  return `${target.pipeline}: ${state}, ${which} ${chunk ?? '-'} (${counted(chunksDone, 'chunk')} done)`;
}

function repostHeadline(
  { state, chunk, chunksDone }: BackfillProgress,
  { from, to, count }: RepostRange,
  { pipeline }: BackfillTarget,
): string {
  if (from === undefined) return `${pipeline}: repost ${state}, the whole inventory`;
  const chunks = from === to ? `chunk ${from}` : `chunks ${from} to ${to ?? ''}`;
  const which = state === 'waiting' ? `, next is ${chunk ?? '-'}` : `, at ${chunk ?? '-'}`;
  const at = ENDED.includes(state) ? '' : which;
  return `${pipeline}: repost ${state}, ${chunks}${at} (${chunksDone} of ${counted(count, 'chunk')} done)`;
}

const ENDED = ['complete', 'empty'];

function aheadText({ state, ahead }: BackfillProgress): string | undefined {
  if (ahead === undefined || ENDED.includes(state)) return undefined;
  if (ahead === 'all') return 'all chunks, one after the other without the schedule';
  return `${counted(ahead, 'more chunk')} without the schedule`;
}

function reportText({ dt, inventoryDate, bytes, scanUsd }: BackfillProgress): string | undefined {
  if (inventoryDate === undefined) return undefined;
  const what = dt ?? `listing of ${inventoryDate}`;
  return `${what}, ${bytesText(bytes)}; a query costs at most ${usdText(scanUsd)} (Athena's list price)`;
}

function shareText({ share, remainingSeconds }: BackfillProgress): string | undefined {
  if (share === undefined) return undefined;
  const left = remainingSeconds === undefined ? '' : `, about ${duration(remainingSeconds)} left`;
  return `${(share * 100).toFixed(0)} % of the query's result${left}`;
}

export function countsText({ rows, sent, skipped, refused, archived = 0 }: Counts): string {
  const [all, ...parts] = [rows, sent, skipped, refused].map((count) => count.toLocaleString('en'));
  const [taken = '', left = '', wrong = ''] = parts;
  return `${all ?? ''}: ${taken} sent, ${left} skipped, ${wrong} refused${archivedText(archived)}`;
}

function archivedText(archived: number): string {
  return archived === 0 ? '' : `; ${archived.toLocaleString('en')} archived objects left out`;
}

function rateText({ rowsPerSecond }: BackfillProgress): string | undefined {
  if (rowsPerSecond === undefined) return undefined;
  return `${Math.round(rowsPerSecond).toLocaleString('en')} rows per second since the chunk started`;
}

function nothingSent({ rows, archived }: BackfillProgress['counts']): string {
  return rows === 0
    ? `The pipeline's queryInventory selected no rows${archivedHint(archived)}.`
    : `The pipeline's rowToMessageBody made no message of ${counted(rows, 'row')}.`;
}

function awaited(isOverdue: boolean): string {
  const check = 'correct inventory_location and deploy again';
  return isOverdue
    ? `It has waited for more than 48 hours: check that the inventory is written there, or ${check}.`
    : `It starts by itself within 15 minutes after the inventory is there; if it is there already, ${check}.`;
}

function repostHints(
  state: string,
  counts: BackfillProgress['counts'],
  target: BackfillTarget,
): string[] {
  const go = commandFor(target, 'resume');
  const known: Readonly<Record<string, string>> = {
    interrupted: `No process is working on it. To continue: ${go}`,
    paused: `To continue: ${go}`,
    waiting: `To continue at once: ${go}`,
    failed: `Once the cause is fixed, to go on: ${go}`,
    empty: nothingSent(counts),
  };
  const hint = known[state];
  return hint === undefined ? [] : [hint];
}

/** What to do next. */
function hints(
  { state, chunk, counts, isStalled, waitingFor, isOverdue }: BackfillProgress,
  target: BackfillTarget,
): string[] {
  const call = (action: string): string => commandFor(target, action);
  const hours = target.settings.frequencyHours;
  const bySchedule =
    target.kind === 'aws' && hours > 0
      ? `The schedule starts it every ${counted(hours, 'hour')}; to start it now: `
      : 'To start it: ';
  const known: Readonly<Record<string, string>> = {
    interrupted: `No process is working on it. To continue: ${call('start')}`,
    paused: `To continue: ${call('resume')}`,
    waiting: waitingFor === undefined ? `${bySchedule}${call('start')}` : awaited(isOverdue),
    failed: `Once the cause is fixed, to start ${chunkName(chunk)} again: ${call('start')}`,
    empty: `${nothingSent(counts)} Once that is fixed: ${call('restart')}`,
    complete: `To repeat it with the newest report: ${call('restart')}`,
  };
  if (isStalled) return ['No progress since then: see the log of the historic function.'];
  if (target.isRepost) return repostHints(state, counts, target);
  const hint = known[state];
  return hint === undefined ? [] : [hint];
}
