import type { Dataset } from './dataset.js';
import type { Answered } from './ask.js';
import { optionOf } from './ask.js';
import type { PipelineFiles } from './files.js';

/** Returns what the command says after it wrote a folder. */
export function writtenText(
  id: string,
  files: PipelineFiles,
  { answers, madeUp }: Answered,
): string {
  const names = Object.keys(files).filter((name) => !name.startsWith('sample/'));
  const wrote = `wrote pipelines/${id}/: ${names.sort().join(', ')}, and sample/`;
  if (madeUp.length === 0) return wrote;
  const made = madeUp.map((question) => `  ${optionOf(question)} ${answers[question.name] ?? ''}`);
  return [
    wrote,
    'These answers are made up, because none was given. Put those of your dataset in their place before you deploy:',
    ...made,
  ].join('\n');
}

/** Returns the three commands that come next. */
export function nextText(
  { id, bucket, key, area, python }: Dataset,
  { isLocked }: { isLocked: boolean },
): string {
  const href = `s3://${bucket}/${key}`;
  const reads = area.kind === 'metadata' || python !== undefined;
  const first = isLocked
    ? [
        `npm run item -- ${id} ${quoted(href)}`,
        `the Item of a granule${reads ? ', with AWS credentials' : ''}`,
      ]
    : [`npm run lock -- ${id}`, 'writes requirements.txt, which the tests need'];
  const commands = [
    first,
    [`PIPELINE=${id} npm test`, 'after each change: docs/pipelines.md'],
    [`PROJECT=demo npm run check-config -- ${id}`, 'before you deploy: docs/deploy.md'],
  ];
  return ['Next:', ...commands.map(([command = '', why = '']) => `  ${command}  # ${why}`)].join(
    '\n',
  );
}

/** Quotes a word for the shell if it has to be. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
