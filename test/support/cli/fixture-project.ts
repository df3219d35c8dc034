import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../project/files.js';
import { projectRoot, writeFiles } from './project-root.js';

/** The pipelines that belong to the tests of the framework: waves and tides in TypeScript, currents in Python. */
export const FIXTURES = join(ROOT, 'test/fixtures/pipelines');
export const FIXTURE_IDS = ['currents', 'tides', 'waves'] as const;

/** Creates a project with these pipelines and the given files by path, and links to this project's code. */
export function fixtureProject(
  files: Readonly<Record<string, string>> = {},
  ids: readonly (typeof FIXTURE_IDS)[number][] = FIXTURE_IDS,
): string {
  const root = projectRoot();
  rmSync(join(root, 'pipelines'), { recursive: true });
  for (const id of ids) writeFiles(root, filesOf(id));
  writeFiles(root, files);
  return root;
}

function filesOf(id: string): Record<string, string> {
  const names = readdirSync(join(FIXTURES, id), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(FIXTURES, id, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [`pipelines/${id}/${name}`, contentOf(join(FIXTURES, id, name))]),
  );
}

/** The code of a fixture imports the framework from two folders further down. */
function contentOf(path: string): string {
  return readFileSync(path, 'utf8').replaceAll("'../../../../lambdas/", "'../../lambdas/");
}
