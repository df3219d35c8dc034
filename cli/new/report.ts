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
  const isSample = (name: string): boolean => name.startsWith('sample/');
  const all = Object.keys(files);
  const names = all.filter((name) => !isSample(name)).sort();
  const wrote = `wrote pipelines/${id}/: ${names.join(', ')}${all.some(isSample) ? ', and sample/' : ''}`;
  if (madeUp.length === 0) return wrote;
  const made = madeUp.map((question) => `  ${optionOf(question)} ${answers[question.name] ?? ''}`);
  return [
    wrote,
    'These answers are made up, because none was given. Put those of your dataset in their place before you deploy:',
    ...made,
  ].join('\n');
}

/** Returns the three commands that come next: see the Items, change the code, deploy. */
export function nextText(
  { id, key, python }: Dataset,
  { isLocked }: { isLocked: boolean },
): string {
  const hasSample = python === undefined || python.sample !== undefined;
  const first = hasSample
    ? `npm run local -- ${id}  # the Items of the sample, on a map: out/${id}/index.html`
    : `npm run local -- ${id}  # once a small granule is pipelines/${id}/sample/bucket/${key}: its Items, on a map`;
  const commands = [
    isLocked ? first : `npm run lock -- ${id}  # writes requirements.txt, which the others need`,
    `PIPELINE=${id} npm test  # after each change: docs/pipelines.md`,
    `PROJECT=demo npm run doctor -- ${id}  # before you deploy, with your config.yaml and AWS credentials: docs/deploy.md`,
  ];
  return ['Next:', ...commands.map((command) => `  ${command}`)].join('\n');
}
