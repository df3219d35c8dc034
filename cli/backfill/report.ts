import type { Counts } from '../../lambdas/backfill/cursor.js';
import { chunkName } from '../../lambdas/backfill/run.js';
import { duration } from '../../local/run/progress.js';
import { bytesText, usdText } from './cost.js';
import type { BackfillProgress } from './progress.js';
import { commandFor, type BackfillSite } from './site.js';
import { counted, printable, shortTime } from '../shared/table.js';

/** What a person sees of a backfill that has begun. */
export function progressLines(progress: BackfillProgress, site: BackfillSite): string[] {
  const { counts, chunkCounts, queryId, failure } = progress;
  const isChunked = site.settings.frequencyHours > 0;
  return [
    headline(progress, site),
    field('report', reportText(progress)),
    field('progress', shareText(progress)),
    field('rows', countsText(counts)),
    field('this chunk', isChunked && chunkCounts.rows > 0 ? countsText(chunkCounts) : undefined),
    field('rate', rateText(progress)),
    field('query', queryId),
    field('failure', failure && printable(failure)),
    field('as of', `${shortTime(progress.updatedAt)}, begun ${shortTime(progress.startedAt)}`),
    ...hints(progress, site).map((hint) => `  ${hint}`),
  ].filter((line) => line !== undefined);
}

function field(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `  ${name.padEnd(11)}${value}`;
}

function headline({ state, chunk, chunksDone }: BackfillProgress, site: BackfillSite): string {
  if (site.settings.frequencyHours === 0) return `${site.pipeline}: ${state}, the whole inventory`;
  const which =
    state === 'waiting' ? 'next is chunk' : state === 'complete' ? 'last was chunk' : 'chunk';
  return `${site.pipeline}: ${state}, ${which} ${chunk ?? '-'} (${counted(chunksDone, 'chunk')} done)`;
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

export function countsText({ rows, sent, skipped, refused }: Counts): string {
  const [all, ...parts] = [rows, sent, skipped, refused].map((count) => count.toLocaleString('en'));
  const [taken = '', left = '', wrong = ''] = parts;
  return `${all ?? ''}: ${taken} sent, ${left} skipped, ${wrong} refused`;
}

function rateText({ rowsPerSecond }: BackfillProgress): string | undefined {
  if (rowsPerSecond === undefined) return undefined;
  return `${Math.round(rowsPerSecond).toLocaleString('en')} rows a second since the chunk began`;
}

/** What a person may do now. */
function hints({ state, chunk, isStalled }: BackfillProgress, site: BackfillSite): string[] {
  const call = (action: string): string => commandFor(site, action);
  const hours = site.settings.frequencyHours;
  const bySchedule =
    site.kind === 'aws' && hours > 0
      ? `The schedule begins it, every ${counted(hours, 'hour')}; now: `
      : 'To begin it: ';
  const known: Readonly<Record<string, string>> = {
    interrupted: `No process works on it. To go on: ${call('start')}`,
    paused: `To go on: ${call('resume')}`,
    waiting: `${bySchedule}${call('start')}`,
    failed: `When that is mended, to begin ${chunkName(chunk)} again: ${call('start')}`,
    empty: `The pipeline's queryInventory selected not one row. When that is mended: ${call('restart')}`,
    complete: `To do it again, on the newest report: ${call('restart')}`,
  };
  if (isStalled) return ['Nothing has moved since: the log of the historic function says why.'];
  const hint = known[state];
  return hint === undefined ? [] : [hint];
}
