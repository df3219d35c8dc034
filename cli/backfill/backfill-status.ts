import { isUnfinished, type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { sourceOf } from '../../lambdas/backfill/settings.js';
import type { ActionResult } from './actions.js';
import { estimateScan, estimateText } from './cost.js';
import { progressOf } from './progress.js';
import { progressLines } from './report.js';
import { commandFor, type BackfillSite } from './site.js';

const NEEDS_A_PERSON = ['failed', 'empty'];

/** How far the backfill is; before it has begun, what its first query would cost. Exit code 1 where a person has to look. */
export async function status(site: BackfillSite): Promise<ActionResult> {
  const cursor = (await site.cursors.read())?.cursor;
  if (cursor === undefined) return notBegun(site);
  const progress = { ...progressOf(cursor, Date.now()), ...interruption(cursor, site) };
  const { counts, ...rest } = progress;
  const isAnother = cursor.source !== sourceOf(site.settings);
  const another = `This is of another inventory (${cursor.source}): the next start begins anew.`;
  return {
    lines: [...progressLines(progress, site), ...(isAnother ? [`  ${another}`] : [])],
    json: { pipeline: site.pipeline, ...counts, ...rest, isAnotherInventory: isAnother },
    exitCode: NEEDS_A_PERSON.includes(cursor.stage) || progress.isStalled ? 1 : 0,
  };
}

async function notBegun(site: BackfillSite): Promise<ActionResult> {
  const estimate = await estimateScan(site);
  const { frequencyHours } = site.settings;
  const by = frequencyHours > 0 ? 'schedule' : 'deployment';
  const begins = site.kind === 'aws' ? `The ${by} begins it; by hand` : 'To begin it';
  return {
    lines: [
      `${site.pipeline}: not begun`,
      `  ${estimateText(estimate, site)}`,
      `  ${begins}: ${commandFor(site, 'start')}`,
    ],
    json: { pipeline: site.pipeline, state: 'not begun', estimate },
    exitCode: 0,
  };
}

function interruption(cursor: BackfillCursor, site: BackfillSite) {
  if (!isUnfinished(cursor) || cursor.paused || site.isAtWork(cursor)) return {};
  return { state: 'interrupted', remainingSeconds: undefined, isStalled: false };
}
