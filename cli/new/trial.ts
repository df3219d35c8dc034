import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../shared/child.js';
import { CommandError } from '../shared/command.js';

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
  if (code !== 0) throw failed(id, `its local run failed:\n${`${stdout}${stderr}`.trim()}`);
  const [made = '', ...rest] = stdout.trim().split('\n');
  print(
    `${id}: ${[made, ...rest.filter((line) => line.startsWith('failed'))].join(', ')}; the map is out/${id}/index.html`,
  );
}

function failed(id: string, reason: string): CommandError {
  return new CommandError(`pipelines/${id} was written as a whole, but ${reason}`);
}
