import { MARK } from './github.js';
import type { PipelinePlan } from './terraform.js';
import { cutLines, fenced, planSection } from './section.js';
import { countsText, hasChanges } from './summary.js';
import { counted } from '../shared/table.js';

/** Maximum length of a comment on GitHub. */
export const MOST_CHARACTERS = 65_536;

const FEWER_ROWS = [Infinity, 40, 10, 0];
/** Length of the Markdown around a full plan. */
const FOLD_CHARACTERS = 160;

/**
 * The plans as one comment: a summary of each, then the full plans, folded. If the comment would be too long, the full
 * plans are truncated first, then table rows except those that lose data; headings always remain.
 */
export function planComment(plans: readonly PipelinePlan[], limit = MOST_CHARACTERS): string {
  const heads = FEWER_ROWS.map((rows) => headOf(plans, rows));
  const head = heads.find((text) => text.length <= limit) ?? shortest(plans, limit);
  const full = plans.flatMap((plan) => ('text' in plan && hasChanges(plan.summary) ? [plan] : []));
  let left = limit - head.length;
  let comment = head;
  for (const [index, { pipeline, text }] of full.entries()) {
    const share = Math.floor(left / (full.length - index));
    const folded = fold(pipeline, text, share);
    comment += folded;
    left -= folded.length;
  }
  return comment;
}

function headOf(plans: readonly PipelinePlan[], mostRows: number): string {
  const sections = plans.map((plan) =>
    'summary' in plan && !hasChanges(plan.summary)
      ? `### ${plan.pipeline}: no changes`
      : planSection(plan, mostRows),
  );
  return [MARK, `## Plan: ${titleOf(plans)}`, '', ...sections.flatMap((text) => [text, ''])].join(
    '\n',
  );
}

/** One line for each pipeline. */
function shortest(plans: readonly PipelinePlan[], limit: number): string {
  const lines = plans.map((plan) =>
    'error' in plan
      ? `- **${plan.pipeline}: the plan failed**`
      : `- ${plan.pipeline}: ${countsText(plan.summary)}${lossesOf(plan.summary.changes)}`,
  );
  const text = [MARK, `## Plan: ${titleOf(plans)}`, '', ...lines, ''].join('\n');
  return text.length <= limit ? text : text.slice(0, limit);
}

function lossesOf(
  changes: readonly { readonly loses: string | undefined; readonly address: string }[],
): string {
  const lost = changes.filter(({ loses }) => loses !== undefined).map(({ address }) => address);
  return lost.length === 0 ? '' : `; **data loss: ${lost.join(', ')}**`;
}

function titleOf(plans: readonly PipelinePlan[]): string {
  const failed = plans.filter((plan) => 'error' in plan);
  const changed = plans.filter((plan) => 'summary' in plan && hasChanges(plan.summary));
  const losing = plans.filter(
    (plan) => 'summary' in plan && plan.summary.changes.some(({ loses }) => loses !== undefined),
  );
  const parts = [
    ...(failed.length > 0 ? [`${counted(failed.length, 'plan')} failed`] : []),
    ...(losing.length > 0 ? [`**data loss** in ${names(losing)}`] : []),
    ...(changed.length > 0 ? [`${counted(changed.length, 'pipeline')} would change`] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  return plans.length === 0 ? 'no pipelines are affected' : 'no changes';
}

function names(plans: readonly PipelinePlan[]): string {
  return plans.map(({ pipeline }) => pipeline).join(', ');
}

function fold(pipeline: string, text: string, room: number): string {
  if (room <= FOLD_CHARACTERS) return '';
  const shown = cutLines(text, room - FOLD_CHARACTERS);
  const folded = `\n<details><summary>Full plan of ${pipeline}</summary>\n\n${fenced(shown)}\n\n</details>\n`;
  return folded.length <= room ? folded : '';
}
