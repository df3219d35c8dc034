import type { PipelinePlan } from './terraform.js';
import { backfillText, collectionText, type About } from './about.js';
import { stoppedText } from './consumption.js';
import { GRADE_TITLES } from '../shared/holds.js';
import { imageText } from './images.js';
import { missingTexts, missingWithoutData } from './missing.js';
import { countsText, isCodeOnly, type PlannedChange, type PlanSummary } from './summary.js';
import { isWithin, RUNS_ON_DEPLOY } from '../../modules/config/construct-ids.js';
import { printable } from '../shared/table.js';

/** A pipeline's plan as GitHub Markdown: data loss, stopped consumption, a table of up to `mostRows` resources, notices and IAM changes. */
export function planSection({ pipeline, ...plan }: PipelinePlan, mostRows = Infinity): string {
  if ('error' in plan) {
    return [
      `### ${pipeline}: the plan failed`,
      ...plan.failedChecks.map((message) => `\n> **${printable(message)}**`),
      '',
      fenced(cutLines(plan.error, mostRows === Infinity ? 8000 : 1000)),
    ].join('\n');
  }
  const { summary, hold } = plan;
  const { consumption } = summary;
  const stopped = consumption && stoppedText(consumption, { pipeline, hold });
  const losses = summary.changes.filter(({ loses }) => loses !== undefined);
  return [
    `### ${pipeline}: ${countsText(summary)}`,
    ...[
      ...missingTexts(summary.missing, pipeline),
      ...losses.map(lossText),
      ...(stopped === undefined ? [] : [stopped]),
    ].map((text) => `\n> **${text}**`),
    ...paragraph(tableOf(summary, mostRows)),
    ...paragraph(noticesOf(summary, plan.about).map((notice) => `- ${notice}`)),
    ...list('IAM, added', summary.iam.added, mostRows),
    ...list('IAM, removed', summary.iam.removed, mostRows),
  ].join('\n');
}

function lossText({ address, action, name, loses = '', because }: PlannedChange): string {
  const what = `${code(address)}${name === undefined ? '' : ` (${code(name)})`}`;
  const why = because.length === 0 ? '' : ` because ${because.map(code).join(', ')} changes`;
  return `${GRADE_TITLES.data}: ${what} is ${action === 'replace' ? 'replaced' : 'destroyed'}${why}. This deletes ${loses}.`;
}

/** One line for each grade below data. */
function clearedTexts(changes: readonly PlannedChange[]): string[] {
  return (['logs', 'remade'] as const).flatMap((grade) => {
    const cleared = changes.filter(({ clears }) => clears?.grade === grade);
    if (cleared.length === 0) return [];
    const sentences = cleared.map(
      ({ address, name, action, clears }) =>
        `${code(address)}${name === undefined ? '' : ` (${code(name)})`} is ` +
        `${action === 'replace' ? 'replaced' : 'destroyed'} with ${clears?.what ?? ''}`,
    );
    return [`${GRADE_TITLES[grade]}: ${sentences.join('; ')}`];
  });
}

function tableOf(summary: PlanSummary, mostRows: number): string[] {
  const rows = summary.changes.filter((change) => isWorthARow(change, summary));
  if (rows.length === 0) return [];
  const created = rows.filter(({ action }) => action === 'create');
  const single =
    created.length > MOST_CREATED ? rows.filter((row) => !created.includes(row)) : rows;
  const shown = single.filter(({ loses }, index) => loses !== undefined || index < mostRows);
  const rest = single.length - shown.length;
  return [
    '| | resource | what changes |',
    '| --- | --- | --- |',
    ...shown.map(rowOf),
    ...(single === rows ? [] : createdByType(created)),
    ...(rest > 0 ? [`| | and ${rest} more | |`] : []),
  ];
}

const MOST_CREATED = 10;

/** Groups created resources by type, because a new stack would fill pages. */
function createdByType(created: readonly PlannedChange[]): string[] {
  return [...new Set(created.map(({ type }) => type))].map((type) => {
    const names = created.filter((change) => change.type === type).map(({ address }) => address);
    const short = names.map((address) => code(address.slice(address.indexOf('.') + 1)));
    return `| create | ${names.length} ${code(type)} | ${short.join(', ')} |`;
  });
}

/** Changes that a notice describes in full need no row. */
function isWorthARow(change: PlannedChange, { samePolicies }: PlanSummary): boolean {
  if (isCodeOnly(change)) return false;
  if (samePolicies.includes(change.address) && change.arguments.every(isPolicy)) return false;
  return !Object.values(RUNS_ON_DEPLOY).some((path) => isWithin(change.address, path));
}

function isPolicy({ path }: { readonly path: string }): boolean {
  return path === 'policy' || path === 'assume_role_policy';
}

function rowOf(change: PlannedChange): string {
  const { action, address, name, loses } = change;
  const bold = (text: string) => (loses === undefined ? text : `**${text}**`);
  const resource = `${code(address)}${name === undefined ? '' : ` ${code(name)}`}`;
  return `| ${bold(action)} | ${bold(resource)} | ${whatChanges(change)} |`;
}

const MOST_ARGUMENTS = 6;

function whatChanges({ arguments: changed, because }: PlannedChange): string {
  const shown = changed
    .filter((argument) => !isPolicy(argument))
    .map(({ path, before, after }) => {
      const forces = because.some((cause) => path === cause || path.startsWith(`${cause}.`));
      return `${code(path)}: ${code(before)} → ${code(after)}${forces ? ' (forces replacement)' : ''}`;
    });
  const rest = shown.length - MOST_ARGUMENTS;
  const statements = changed.some(isPolicy) ? ['policy statements: see below'] : [];
  return [
    ...shown.slice(0, MOST_ARGUMENTS),
    ...(rest > 0 ? [`${rest} more`] : []),
    ...statements,
  ].join('<br>');
}

function noticesOf(summary: PlanSummary, about: About | undefined): string[] {
  const deleted = missingWithoutData(summary.missing);
  const { code: functions, collection, subscriptions, schedules, samePolicies } = summary;
  const started = backfillText(summary, about);
  return [
    ...clearedTexts(summary.changes),
    ...(deleted.length > 0
      ? [`Deleted outside Terraform, and created again: ${deleted.map(code).join(', ')}`]
      : []),
    ...(functions.length > 0 ? [`${functions.join(', ')}: code changed`] : []),
    ...summary.images.map(imageText),
    collection === undefined
      ? 'The apply does not post the Collection.'
      : `The apply posts the Collection${about ? collectionText(about) : ''}${reasons(collection)}.`,
    ...(started === undefined ? [] : [`${started}${reasons(summary.backfill ?? [])}.`]),
    named('Subscriptions', subscriptions),
    named('Schedules', schedules),
    ...(samePolicies.length > 0
      ? [
          `Policies recomputed during the apply, with the same statements: ${samePolicies.map(code).join(', ')}`,
        ]
      : []),
  ];
}

function reasons(triggers: readonly string[]): string {
  return triggers.length === 0 ? '' : `, because ${triggers.map(code).join(', ')} changed`;
}

function named(title: string, changes: readonly string[]): string {
  return `${title}: ${changes.length === 0 ? 'unchanged' : changes.map(printable).join('; ')}`;
}

function list(title: string, sentences: readonly string[], most: number): string[] {
  if (sentences.length === 0) return [];
  const rest = sentences.length - most;
  const lines = sentences.slice(0, most).map((sentence) => `- ${sentence}`);
  return ['', `**${title}**`, '', ...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])];
}

function paragraph(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Formats text as inline code, escaping backticks and the `|` that would end a table cell. */
function code(text: string): string {
  return `\`${printable(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

const CUT = '\n... truncated: see the log of the workflow run for all of it';

/** Truncates a text to `most` characters, at the end of a line if possible. */
export function cutLines(text: string, most: number): string {
  if (text.length <= most) return text;
  const room = Math.max(0, most - CUT.length);
  const end = text.lastIndexOf('\n', room);
  return `${text.slice(0, end > 0 ? end : room)}${CUT}`;
}

/** Puts a text in a code block, with a fence that is longer than any in the text. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
