import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { gitProject } from '../../support/cli/project-root.js';
import { runCli } from '../../support/cli/run-cli.js';

const TIMEOUT_MS = 120_000;
const NONE = 'pipelines/ contains no pipeline: a pipeline is a folder with config.yaml';

/** The project without its pipelines, and without their folder, which git does not keep. */
const root = gitProject({ '.gitignore': 'node_modules\ncdktf.out\ndist\n' }, [
  'cli',
  'local',
  '.terraform.lock.hcl',
  'package-lock.json',
]);

/** Runs the command of that project: some work on the project that they are part of. */
function run(words: string, env: Readonly<Record<string, string>> = { LOCAL_STATE: '1' }) {
  const [name = '', ...args] = words.split(' ');
  return runCli(join(root, `cli/${name}.ts`), args, { cwd: root, env });
}

describe.each(['missing', 'empty'])('without a pipeline, pipelines/ being %s', (state) => {
  const folder = join(root, 'pipelines');
  const lay = (): void => {
    rmSync(folder, { recursive: true, force: true });
    if (state === 'empty') mkdirSync(folder);
  };

  test.each([
    ['cdktf list', 'list', ''],
    ['cdktf synth', 'synth', ''],
    ['check-config', 'check-config', ''],
    ['build', 'build', ''],
    ['affected --all', 'affected', ''],
    ['affected --base HEAD', 'affected', ''],
    ['affected --all --json', 'affected', '[]\n'],
    ['plan --all --json', 'plan', '[]\n'],
  ])(
    '%s says so and succeeds',
    async (words, name, stdout) => {
      lay();

      const result = await run(words);

      expect(result).toMatchObject({ code: 0, stdout });
      expect(result.stderr).toMatch(new RegExp(`^${name}: ${NONE}[^\n]*\n$`));
    },
    TIMEOUT_MS,
  );

  test.each([
    ['local waves', 2, 'unknown pipeline "waves" (pipelines contains no pipelines)'],
    ['plan waves', 1, 'unknown pipeline "waves" (pipelines contains no pipelines)'],
    ['status', 2, 'missing argument <pipeline> (pipelines contains no pipelines)'],
    ['cdktf deploy waves', 2, 'unknown pipeline "waves" (pipelines contains no pipelines)'],
    ['hold --all', 2, NONE],
    ['deployer-policy', 2, NONE],
    ['status --all', 1, NONE],
    ['reconcile --all', 1, NONE],
  ])(
    '%s fails with %i and says so',
    async (words, code, sentence) => {
      lay();

      const result = await run(words);

      expect(result).toMatchObject({ code, stdout: '' });
      expect(result.stderr).toContain(sentence);
      expect(result.stderr.trim().split('\n')).toHaveLength(1);
    },
    TIMEOUT_MS,
  );
});

test('problems of the project are reported all the same', async () => {
  const { code, stderr } = await run('cdktf synth', { LOCAL_STATE: '1', PROJECT: '' });

  expect(code).toBe(1);
  expect(stderr).toContain('PROJECT is not set');
  expect(existsSync(join(root, 'cdktf.out'))).toBe(false);
});
