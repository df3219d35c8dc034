import { findingJson } from '../finding.js';
import type { Fleet, FleetResult } from './fleet.js';
import { knowsSurplus } from '../reconciliation.js';
import { findingText } from '../text.js';

/** GitHub refuses bodies above 65,536 characters. */
const MAX_LENGTH = 60_000;

/** Returns the report in Markdown: a table, then the report of each pipeline. */
export function fleetMarkdown(fleet: Fleet): string {
  const { results, isWhole } = fleet;
  const compared = results.filter((result) => !('notCompared' in result));
  const others = results.flatMap((result) =>
    'notCompared' in result ? [`- ${result.pipeline}: ${result.notCompared}`] : [],
  );
  const head = [
    '## Inventory and catalogue',
    '',
    ...(compared.length === 0
      ? ['Nothing was compared.']
      : [
          '| pipeline | expected | present | missing | surplus |',
          '| --- | ---: | ---: | ---: | ---: |',
          ...compared.map(row),
        ]),
    ...(isWhole ? [] : ['', 'Stopped early: the other pipelines were not compared.']),
    ...(others.length === 0 ? [] : ['', 'Not compared:', '', ...others]),
  ].join('\n');
  return withDetails(head, compared);
}

function row(result: FleetResult): string {
  if (!('finding' in result)) return `| ${result.pipeline} | failed | | | |`;
  const { run, comparison } = result.finding;
  const { expected, present, missing, surplus } = comparison;
  const cells = [expected, present, missing].map((count) => count.toLocaleString('en'));
  const last = knowsSurplus(run) ? surplus.toLocaleString('en') : 'unknown';
  return `| ${[result.pipeline, ...cells, last].join(' | ')} |`;
}

function withDetails(head: string, results: readonly FleetResult[]): string {
  let text = head;
  for (const result of results) {
    if ('notCompared' in result) continue;
    const report = 'finding' in result ? findingText(result.finding) : result.error;
    const section = `\n\n### ${result.pipeline}\n\n${fenced(report)}`;
    if (text.length + section.length > MAX_LENGTH)
      return `${text}\n\nThe reports of the other pipelines are left out: npm run reconcile -- <pipeline> prints them.`;
    text += section;
  }
  return text;
}

/** An id or an error may contain a fence, so the fence is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** Returns the output of --json. */
export function fleetJson({ results, isWhole }: Fleet): string {
  const pipelines = results.map((result) =>
    'finding' in result ? findingJson(result.finding) : result,
  );
  return JSON.stringify({ isWhole, pipelines }, undefined, 2);
}
