import { cutReason } from '../../lambdas/runtime/unexpected.js';
import { counted, printable } from '../shared/table.js';
import { reportName, type Finding } from './finding.js';
import { knowsSurplus } from './reconciliation.js';
import type { SentMessages } from './send.js';

/** Returns the report for people. */
export function findingText(finding: Finding): string {
  const { run, notes } = finding;
  const { target, collection, api } = run;
  return [
    `${target.pipeline}: ${reportName(finding)} compared with the Collection ${collection} at ${api}`,
    ...countLines(finding),
    '',
    verdict(finding),
    ...notes.map((note) => `Note: ${note}`),
    ...lists(finding).flatMap(listed),
    ...nextStep(finding),
  ].join('\n');
}

function lists({ run, state, comparison }: Finding): List[] {
  const { missing, surplus, samples } = comparison;
  const { missing: missingFile, surplus: surplusFile } = run.workspace;
  const { examples, refused, unidentified } = state.rows;
  return [
    {
      title: 'granules without an Item',
      samples: samples.missing,
      count: missing,
      file: missingFile,
    },
    ...(knowsSurplus(run)
      ? [
          {
            title: 'Items without a granule',
            samples: samples.surplus,
            count: surplus,
            file: surplusFile,
          },
        ]
      : []),
    { title: 'rows that could not be compared', samples: examples, count: refused + unidentified },
  ];
}

function countLines({ run, state, comparison }: Finding): string[] {
  const { expected, present, missing, surplus, younger, superseded } = comparison;
  const { rows, skipped, refused, unidentified, archived } = state.rows;
  const line = (name: string, count: number | string, meaning: string): string => {
    const text = typeof count === 'number' ? count.toLocaleString('en') : count;
    return `  ${name.padEnd(13)}${text.padStart(12)}  ${meaning}`;
  };
  const ifAny = (name: string, count: number, meaning: string): string[] =>
    count === 0 ? [] : [line(name, count, meaning)];
  return [
    line('expected', expected, `Items, by ${counted(rows, 'row')}`),
    line('present', present, 'of them in the catalogue'),
    line('missing', missing, 'granules without an Item'),
    knowsSurplus(run)
      ? line('surplus', surplus, 'Items without a granule')
      : line(
          'surplus',
          'unknown',
          'historic.ts does not say which Items are of a chunk (itemsOfChunk)',
        ),
    ...ifAny('superseded', superseded, 'rows whose Item another row makes, too'),
    ...ifAny(
      'younger',
      younger,
      'Items without a granule, but their granules may be younger than the inventory',
    ),
    ...ifAny('unidentified', unidentified, 'rows with a message whose Item is unknown'),
    ...ifAny('refused', refused, 'rows that the backfill refuses'),
    ...ifAny('skipped', skipped, 'rows of other files'),
    ...ifAny('archived', archived, 'rows of archived objects, left out'),
  ];
}

/** Says that everything is there only if there is something. */
function verdict({ run, state, comparison }: Finding): string {
  const { expected, missing, surplus } = comparison;
  const open = state.rows.refused + state.rows.unidentified;
  if (expected === 0) return 'Nothing was compared: no row of the inventory makes an Item.';
  if (missing > 0) return `Not complete: ${counted(missing, 'granule')} without an Item.`;
  if (open > 0)
    return `Every other granule has an Item, but ${counted(open, 'row')} could not be compared.`;
  if (!knowsSurplus(run)) return 'Every granule has an Item.';
  return surplus === 0
    ? 'Complete: every granule has an Item, and every Item has a granule.'
    : `Every granule has an Item, but ${counted(surplus, 'Item')} without a granule should be looked at. Nothing is deleted.`;
}

const WIDTH = 160;

interface List {
  readonly title: string;
  readonly samples: readonly string[];
  readonly count: number;
  /** Path of the file that has all of them. */
  readonly file?: string;
}

function listed({ title, samples, count, file }: List): string[] {
  if (count === 0) return [];
  const more = count - samples.length;
  const rest = more > 0 ? [`  and ${more.toLocaleString('en')} more`] : [];
  const where = file === undefined ? '' : `, all in ${file}`;
  const lines = samples.map((sample) => `  ${cutReason(printable(sample), WIDTH)}`);
  return ['', `${title}${where}:`, ...lines, ...rest];
}

/** What was sent, or how to send what is missing. */
function nextStep({ run, comparison, sent }: Finding): string[] {
  if (sent !== undefined) return ['', sentText(sent)];
  if (comparison.missing === 0) return [];
  const { pipeline, kind } = run.target;
  return kind === 'local'
    ? [
        '',
        `To make the missing Items: npm run local -- ${pipeline} --messages ${run.workspace.messages}`,
      ]
    : ['', 'To send the messages of the missing Items: the same command with --send --last'];
}

function sentText({ messages, refused, isWhole }: SentMessages): string {
  const first = `${counted(messages, 'message')} sent`;
  const others = refused === 0 ? '' : `, ${refused} refused by the queue`;
  const end = isWhole
    ? 'When the queue is empty, run the command again without --send.'
    : 'Stopped early: run the same command with --last to send the rest.';
  return `${first}${others}. ${end}`;
}
