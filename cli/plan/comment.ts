import { markOf } from './github.js';
import type { PipelinePlan, SummarizedPlan } from './terraform.js';
import { leftOutLine, leftOutSection, type LeftOut } from './left-out.js';
import {
  destroyCommand,
  isDeployed,
  NONE_REMOVED,
  type Removed,
  removedSection,
} from './removed.js';
import { stoppedText } from './consumption.js';
import { cutLines, fenced, planSection } from './section.js';
import { countsText, hasChanges, lossesOf, type PlanSummary } from './summary.js';
import { counted, printable } from '../shared/table.js';

/** Maximum length of a comment on GitHub. */
export const MOST_CHARACTERS = 65_536;

const FEWER_ROWS = [Infinity, 40, 10, 0];
/** Length of the Markdown around a full plan. */
const FOLD_CHARACTERS = 160;

interface CommentOptions {
  readonly removed?: Removed;
  /** Pipelines that got `deploy: false` and may still be deployed. */
  readonly leftOut?: readonly LeftOut[];
  /** The project of the plans, if the repository has several. */
  readonly project?: string | undefined;
  /** Sentences about all plans. */
  readonly notices?: readonly string[];
  /** Maximum length in characters. */
  readonly limit?: number;
}

/** What a comment is about. */
interface Content {
  readonly plans: readonly PipelinePlan[];
  readonly removed: Removed;
  readonly leftOut: readonly LeftOut[];
  readonly project: string | undefined;
  readonly notices: readonly string[];
}

/**
 * The plans as one comment: a summary of each, then the full plans, folded. If the comment would be too long, the full
 * plans are truncated first, then table rows except those that lose data; headings always remain.
 */
export function planComment(plans: readonly PipelinePlan[], options: CommentOptions = {}): string {
  const { limit = MOST_CHARACTERS, project } = options;
  const { removed = NONE_REMOVED, leftOut = [], notices = [] } = options;
  const content = { plans, removed, leftOut, project, notices };
  const heads = FEWER_ROWS.map((rows) => headOf(content, rows));
  const head = heads.find((text) => text.length <= limit) ?? shortest(content, limit);
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

function headOf(content: Content, mostRows: number): string {
  const { plans, removed, leftOut, notices } = content;
  const sections = plans.map((plan) =>
    'summary' in plan && !hasChanges(plan.summary)
      ? unchangedSection(plan)
      : planSection(plan, mostRows),
  );
  const all = [
    ...notices.map((notice) => `> **${notice}**`),
    ...removed.pipelines.map(removedSection),
    ...leftOut.map(leftOutSection),
    ...problemOf(removed),
    ...sections,
  ];
  return [...headingOf(content), '', ...all.flatMap((text) => [text, ''])].join('\n');
}

function unchangedSection({ pipeline, summary, hold }: SummarizedPlan): string {
  const { consumption } = summary;
  const stopped = consumption && `\n\n> **${stoppedText(consumption, { pipeline, hold })}**`;
  return `### ${pipeline}: no changes${stopped ?? ''}`;
}

function problemOf({ problem }: Removed): string[] {
  if (problem === undefined) return [];
  return [
    `> **Stacks that are deployed without a folder in pipelines/ are unknown: ${printable(problem)}**`,
  ];
}

/** One line for each pipeline. */
function shortest(content: Content, limit: number): string {
  const { plans, removed, leftOut } = content;
  const gone = removed.pipelines
    .filter(isDeployed)
    .map(
      ({ pipeline }) =>
        `- **${pipeline}: no folder; to remove its stack, run \`${destroyCommand(pipeline)}\`**`,
    );
  const lines = plans.map((plan) =>
    'error' in plan
      ? `- **${[`${plan.pipeline}: the plan failed`, ...plan.failedChecks.map(printable)].join('. ')}**`
      : `- ${plan.pipeline}: ${countsText(plan.summary)}${lossText(plan.summary)}`,
  );
  const others = [...gone, ...leftOut.map(leftOutLine), ...problemOf(removed)];
  const text = [...headingOf(content), '', ...others, ...lines, ''].join('\n');
  return text.length <= limit ? text : text.slice(0, limit);
}

function lossText(summary: PlanSummary): string {
  const lost = lossesOf(summary);
  return lost.length === 0 ? '' : `; **data loss: ${lost.join(', ')}**`;
}

function headingOf(content: Content): string[] {
  const { project } = content;
  const what = project === undefined ? 'Plan' : `Plan of ${project}`;
  return [markOf(project), `## ${what}: ${titleOf(content)}`];
}

function titleOf({ plans, removed, leftOut }: Content): string {
  const gone = removed.pipelines.filter(isDeployed);
  const failed = plans.filter((plan) => 'error' in plan);
  const changed = plans.filter((plan) => 'summary' in plan && hasChanges(plan.summary));
  const losing = plans.filter((plan) => 'summary' in plan && lossesOf(plan.summary).length > 0);
  const parts = [
    ...(failed.length > 0 ? [`${counted(failed.length, 'plan')} failed`] : []),
    ...(losing.length > 0 ? [`**data loss** in ${names(losing)}`] : []),
    ...(gone.length > 0 ? [`**no folder** for the stack of ${names(gone)}`] : []),
    ...(leftOut.length > 0 ? [`**deploy: false** for the stack of ${names(leftOut)}`] : []),
    ...(changed.length > 0 ? [`${counted(changed.length, 'pipeline')} would change`] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  return plans.length === 0 ? 'no pipelines are affected' : 'no changes';
}

function names(plans: readonly { readonly pipeline: string }[]): string {
  return plans.map(({ pipeline }) => pipeline).join(', ');
}

function fold(pipeline: string, text: string, room: number): string {
  if (room <= FOLD_CHARACTERS) return '';
  const shown = cutLines(text, room - FOLD_CHARACTERS);
  const folded = `\n<details><summary>Full plan of ${pipeline}</summary>\n\n${fenced(shown)}\n\n</details>\n`;
  return folded.length <= room ? folded : '';
}
