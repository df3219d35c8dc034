import { callPipeline } from '../../lambdas/backfill/query.js';
import { chunkName } from '../../lambdas/backfill/run.js';
import {
  isUnfinished,
  pauseBackfill,
  restartBackfill,
  resumeBackfill,
  type BackfillCursor,
} from '../../lambdas/backfill/cursor.js';
import { firstChunk, sourceOf } from '../../lambdas/backfill/settings.js';
import { chosenChunk } from './backfill-chunk.js';
import { estimateScan, estimateText, inventoryFor } from './cost.js';
import { describe } from './describe.js';
import { dryRun } from './dry-run.js';
import { commandFor, type BackfillSite, type SiteAnswer } from './site.js';
import { status } from './backfill-status.js';

export interface ActionOptions {
  /** Of restart and dry-run. */
  readonly chunk?: string;
  /** Of describe. */
  readonly countRows?: true;
  readonly isStopped: () => boolean;
  /** A line for a person, at once. */
  readonly say: (line: string) => void;
}

export interface ActionResult {
  readonly lines: readonly string[];
  /** What --json prints. */
  readonly json: object;
  readonly exitCode: 0 | 1;
}

export type Action = (site: BackfillSite, options: ActionOptions) => Promise<ActionResult>;

export const ACTIONS: Readonly<Record<string, Action>> = {
  status,
  start,
  pause,
  resume,
  restart,
  'dry-run': dryRun,
  describe,
};

/** Outcomes after which a person has something to do. */
const NEEDS_A_PERSON = ['failed', 'empty', 'paused', 'busy', 'handed-over'];

async function start(site: BackfillSite, { say }: ActionOptions): Promise<ActionResult> {
  const cursor = (await site.cursors.read())?.cursor;
  if (willQuery(cursor, site)) {
    const isSame = cursor?.source === sourceOf(site.settings);
    const inventory = inventoryFor(site, isSame ? cursor : undefined);
    say(estimateText(await estimateScan(site, inventory), site));
  }
  return answered(site, await site.invoke('run'));
}

/** The cost is told before it arises, and only then. */
function willQuery(cursor: BackfillCursor | undefined, { settings }: BackfillSite): boolean {
  if (cursor?.source !== sourceOf(settings)) return true;
  return !cursor.paused && !isUnfinished(cursor) && cursor.stage !== 'complete';
}

async function pause(site: BackfillSite): Promise<ActionResult> {
  const cursor = await pauseBackfill(site.cursors);
  if (cursor === undefined) return notBegun(site, 'there is nothing to pause');
  const message = isUnfinished(cursor)
    ? 'paused: the page in hand is still sent, then it stops'
    : 'paused: no further chunk begins';
  return said(site, 'paused', [message, `To go on: ${commandFor(site, 'resume')}`]);
}

async function resume(site: BackfillSite): Promise<ActionResult> {
  const cursor = await resumeBackfill(site.cursors);
  if (cursor === undefined) return notBegun(site, 'there is nothing to resume');
  if (isUnfinished(cursor)) return answered(site, await site.invoke('continue'));
  const message = `no longer paused; ${chunkName(cursor.chunk)} is ${cursor.stage}`;
  return said(site, 'resumed', [message, `To begin what is due: ${commandFor(site, 'start')}`]);
}

async function restart(site: BackfillSite, options: ActionOptions): Promise<ActionResult> {
  const { settings, historic } = site;
  const chunk = chosenChunk(options.chunk, site) ?? firstChunk(settings);
  // What cannot be begun is no reason to forget what was done.
  callPipeline('queryInventory', () => historic.pipeline.queryInventory({ chunk }));
  options.say(estimateText(await estimateScan(site), site));
  const begin = { source: sourceOf(settings), chunk, now: Date.now() };
  const before = await restartBackfill(site.cursors, begin);
  if (before !== undefined) options.say(`forgotten: ${before.stage}, ${chunkName(before.chunk)}`);
  return answered(site, await site.invoke('run'));
}

function answered(site: BackfillSite, { outcome, message, next = [] }: SiteAnswer): ActionResult {
  const hints = outcome === 'paused' ? [`To go on: ${commandFor(site, 'resume')}`] : next;
  const result = said(site, outcome, [message, ...hints]);
  return { ...result, exitCode: NEEDS_A_PERSON.includes(outcome) ? 1 : 0 };
}

function notBegun(site: BackfillSite, what: string): ActionResult {
  const result = said(site, 'not-begun', [`the backfill has not begun, so ${what}`]);
  return { ...result, exitCode: 1 };
}

function said({ pipeline }: BackfillSite, outcome: string, lines: readonly string[]): ActionResult {
  const [first = '', ...rest] = lines;
  return {
    lines: [`${pipeline}: ${first}`, ...rest.map((line) => `  ${line}`)],
    json: { pipeline, outcome, message: first, notes: rest },
    exitCode: 0,
  };
}
