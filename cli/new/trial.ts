import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RUN_FILES } from '../../local/run/file-names.js';
import { hintFor } from '../python/hints.js';
import { REQUIREMENTS } from '../python/requirements.js';
import { runChild } from '../shared/child.js';
import { CommandError } from '../shared/command.js';
import type { Dataset } from './dataset.js';

type Print = (sentence: string) => void;

const LOCAL = resolve(import.meta.dirname, '../local.ts');

/** Runs the tests of a pipeline. Throws CommandError with what they print if one fails. */
export async function runTests(id: string, print: Print): Promise<void> {
  const require = createRequire(import.meta.url);
  const jest = join(require.resolve('jest/package.json'), '..', 'bin', 'jest.js');
  const words = ['--experimental-vm-modules', '--no-warnings', jest];
  const { code, stderr, stdout } = await runChild(process.execPath, words, {
    cwd: '.',
    env: { PIPELINE: id },
  });
  const output = `${stdout}${stderr}`;
  if (code !== 0) throw failed(id, `its tests failed:\n${output.trim()}`);
  print(
    `${id}: ${/^Tests: +(.*)$/m.exec(output)?.[1] ?? 'all tests passed'} (PIPELINE=${id} npm test)`,
  );
}

/** Runs the pipeline on its sample. Throws CommandError with what it prints if a granule fails. */
export async function runSample(id: string, print: Print): Promise<void> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const words = ['--import', tsx, '--no-warnings', LOCAL, id];
  const { code, stderr, stdout } = await runChild(process.execPath, words, { cwd: '.' });
  const output = `${stdout}${stderr}`.trim();
  if (code !== 0) {
    const hint = hintFor(output, join('pipelines', id, REQUIREMENTS));
    throw failed(id, `its local run failed:\n${output}${hint === undefined ? '' : `\n${hint}`}`);
  }
  const [made = '', ...rest] = stdout.trim().split('\n');
  if (made.startsWith('made 0,')) throw failed(id, 'its local run made no Item of the sample');
  const failures = rest.filter((line) => line.startsWith('failed'));
  print(`${id}: ${[made, ...failures].join(', ')}; the map is out/${id}/index.html`);
}

/** Says if the package gives the Item of the sample another id than the key has. */
export function comparedId({ id, granuleId, key }: Dataset): string | undefined {
  const [line = ''] = readFileSync(join('out', id, RUN_FILES.items), 'utf8').split('\n');
  const { id: made } = JSON.parse(line) as { readonly id: string };
  if (made === granuleId) return undefined;
  const advice = key.includes(made)
    ? `delete pipelines/${id}, and begin again with --granule-id ${made}`
    : `remove the group (?<id>...) of granule_pattern in pipelines/${id}/config.yaml, or write historic.ts with itemIdOf, ` +
      'and correct granule.test.ts (docs/python-pipelines.md)';
  return `warning: the package calls the Item ${made}, but --granule-id is ${granuleId}: ${advice}. Until then npm run test:system fails`;
}

function failed(id: string, reason: string): CommandError {
  return new CommandError(
    `pipelines/${id} was written as a whole, but ${reason}\nCorrect it there, or delete the folder to begin again`,
  );
}
