import { posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { listFiles, readFiles, type ProjectFile } from './support/project/files.js';
import { isOfOwn } from './support/project/shipped.js';
import {
  circlesOf,
  forbiddenImports,
  importsOf,
  layers,
  reachedFrom,
  roomsOf,
  type Allowed,
  type Import,
} from './support/project/imports.js';

const HOUSES = ['modules', 'lambdas', 'pipelines', 'local', 'cli'];

/** The one rule of imports (docs/decisions.md). */
const BETWEEN_HOUSES: Allowed = {
  modules: [],
  lambdas: [],
  pipelines: ['lambdas'],
  local: ['lambdas'],
  cli: ['local', 'lambdas', 'pipelines', 'modules'],
  'main.ts': ['modules'],
  'test/kit': ['local', 'lambdas'],
};

/** The rooms of each house and what they may import of it; `doors` are the files directly in it. */
const INSIDE: Readonly<Record<string, Allowed>> = {
  lambdas: layers(
    ['runtime'],
    ['stac', 'source', 'xml', 'queue', 'runtime-api'],
    ['inventory', 'ingestor', 'outputs'],
    ['granule', 'backfill', 'verify', 'hold'],
    ['python'],
    ['doors'],
  ),
  modules: {
    config: [],
    deployer: ['config'],
    bundling: ['config'],
    image: ['bundling', 'config'],
    constructs: ['config'],
    pipeline: ['config', 'constructs'],
    stacks: ['bundling', 'config', 'constructs', 'deployer', 'image', 'pipeline'],
    terraform: ['config', 'constructs', 'pipeline', 'stacks'],
  },
  local: {
    http: [],
    files: [],
    container: [],
    ingestor: ['http'],
    token: ['http'],
    queue: ['http'],
    input: ['container', 'files', 'queue'],
    inventory: ['files', 'input'],
    run: ['container', 'files', 'ingestor', 'input', 'queue', 'token'],
    page: ['run'],
    doors: ['container', 'input', 'page', 'queue', 'run'],
  },
  cli: {
    shared: [],
    config: ['shared'],
    item: [],
    doctor: ['shared', 'image', 'backfill'],
    trace: ['shared', 'status', 'redrive', 'backfill'],
    status: ['shared'],
    hold: ['shared'],
    image: ['shared'],
    stacks: ['shared', 'image'],
    plan: ['shared', 'stacks'],
    python: ['shared'],
    local: ['shared', 'python'],
    backfill: ['shared', 'status', 'python'],
    new: ['shared', 'python'],
    redrive: ['shared', 'local'],
    reconcile: ['shared', 'backfill', 'python'],
    reprocess: ['shared', 'reconcile'],
    doors: [
      ...['trace', 'doctor'],
      ...['shared', 'item', 'status', 'image', 'stacks', 'plan', 'local', 'backfill', 'redrive'],
      ...['python', 'hold', 'config', 'new'],
      ...['reconcile', 'reprocess'],
    ],
  },
};

/** What cli/ may import of modules/: rooms without cdktf, which takes a second to load. */
const OPEN_TO_CLI = [
  'modules/config/',
  'modules/bundling/',
  'modules/deployer/',
  'modules/image/',
  // npm run modules names the files that it writes.
  'modules/terraform/generate/names.ts',
];
const CDKTF_FREE = ['modules/config/', 'modules/bundling/', 'modules/deployer/', 'modules/image/'];
const CDKTF = /^(cdktf|constructs|@cdktf)(\/|$)/;
const MAX_DOORS = 40;
const MAX_FILES_IN_FOLDER = 25;
const MAX_LINES = 200;

function houseOf(path: string): string | undefined {
  if (path === 'main.ts') return path;
  if (path.startsWith('test/kit/')) return 'test/kit';
  return HOUSES.find((house) => path.startsWith(`${house}/`));
}

function insideHouses(imports: readonly Import[]): string[] {
  return Object.entries(INSIDE).flatMap(([house, allowed]) =>
    forbiddenImports(imports, roomsOf(house), allowed),
  );
}

function betweenPipelines(imports: readonly Import[]): string[] {
  return forbiddenImports(imports, roomsOf('pipelines'), {});
}

/** Returns the imports of cdktf outside of modules/ and main.ts, and those of its private files anywhere. */
function misplacedCdktf(imports: readonly Import[]): Import[] {
  return imports.filter(({ file, target }) => {
    if (!CDKTF.test(target)) return false;
    const allowed = file === 'main.ts' || /^(modules|test)\//.test(file);
    return !allowed || target.includes('/private');
  });
}

function closedToCli(imports: readonly Import[]): Import[] {
  return imports.filter(
    ({ file, target }) =>
      file.startsWith('cli/') &&
      target.startsWith('modules/') &&
      !OPEN_TO_CLI.some((open) => target.startsWith(open)),
  );
}

/** Returns the packages of cdktf that loading files in `folders` would load. */
function cdktfBehind(imports: readonly Import[], folders: readonly string[]): string[] {
  const start = imports
    .map(({ file }) => file)
    .filter((file) => folders.some((folder) => file.startsWith(folder)));
  return [...reachedFrom(imports, start)].filter((target) => CDKTF.test(target));
}

function commandsWithExports(files: readonly ProjectFile[]): string[] {
  return files
    .filter(({ file, text }) => /^cli\/[^/]+$/.test(file) && /^export\b/m.test(text))
    .map(({ file }) => file);
}

function longFiles(files: readonly ProjectFile[]): string[] {
  return files
    .filter(({ text }) => text.split('\n').length - 1 > MAX_LINES)
    .map(({ file }) => file);
}

/** The files directly in a house are doors, which have a limit of their own. */
function fullFolders(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const folder of paths.map((path) => posix.dirname(path)))
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  return [...counts]
    .filter(([folder, count]) => count > MAX_FILES_IN_FOLDER && !HOUSES.includes(folder))
    .map(([folder]) => folder);
}

const sources = readFiles(listFiles('*.ts').filter((file) => !file.endsWith('.test.ts')));
const imports = importsOf(sources);

describe('the project', () => {
  test('is seen in every house and in every room', () => {
    const houses = new Set(imports.map(({ file }) => houseOf(file)));
    // One's own repository may begin without a pipeline.
    expect(houses.add('pipelines')).toEqual(new Set([...Object.keys(BETWEEN_HOUSES), undefined]));
    for (const [house, allowed] of Object.entries(INSIDE)) {
      const rooms = new Set(sources.map(({ file }) => roomsOf(house)(file)));
      rooms.delete(undefined);
      expect({ house, rooms: [...rooms].sort() }).toEqual({
        house,
        rooms: Object.keys(allowed).sort(),
      });
    }
  });

  test('imports between houses as the one rule of imports allows', () => {
    expect(forbiddenImports(imports, houseOf, BETWEEN_HOUSES)).toEqual([]);
  });

  test('imports inside a house as its rooms allow', () => {
    expect(insideHouses(imports)).toEqual([]);
  });

  test('imports no pipeline from another', () => {
    expect(betweenPipelines(imports)).toEqual([]);
  });

  test('has no circle of files', () => {
    expect(circlesOf(imports)).toEqual([]);
  });

  test('imports cdktf only in modules/ and main.ts, and nothing private of it', () => {
    expect(misplacedCdktf(imports)).toEqual([]);
  });

  test('opens to cli/ only rooms of modules/ that load no cdktf', () => {
    expect(closedToCli(imports)).toEqual([]);
    expect(cdktfBehind(imports, CDKTF_FREE)).toEqual([]);
    expect(cdktfBehind(imports, ['cli/'])).toEqual([]);
  });

  test('exports nothing from a command', () => {
    expect(commandsWithExports(sources)).toEqual([]);
  });

  test('keeps files and folders small', () => {
    const paths = listFiles('lambdas', 'modules', 'cli', 'local', 'pipelines', 'test').filter(
      (file) => !/\/(sample|fixtures)\//.test(file) && !isOfOwn(file),
    );
    const doors = paths.filter((path) => /^(lambdas|modules|cli|local)\/[^/]+\.ts$/.test(path));

    expect(longFiles(sources.filter(({ file }) => !isOfOwn(file)))).toEqual([]);
    expect(doors.length).toBeLessThanOrEqual(MAX_DOORS);
    expect(fullFolders(paths)).toEqual([]);
  });
});

describe('a made-up project shows that the rules', () => {
  function made(files: Readonly<Record<string, string>>): ProjectFile[] {
    return Object.entries(files).map(([file, text]) => ({ file, text }));
  }
  const importing = (file: string, target: string): Import[] =>
    importsOf([{ file, text: `import { x } from '${target}';\n` }]);

  test.each([
    ['lambdas/queue/queue.ts', '../../modules/config/names.js'],
    ['modules/config/names.ts', '../../lambdas/runtime/env.js'],
    ['pipelines/a/app.ts', '../../local/files/line-file.js'],
    ['local/run/state.ts', '../../cli/shared/table.js'],
    ['main.ts', './cli/plan.js'],
    ['test/kit/records.ts', '../../modules/config/names.js'],
  ])('keep %s from importing %s', (file, target) => {
    expect(forbiddenImports(importing(file, target), houseOf, BETWEEN_HOUSES)).toHaveLength(1);
  });

  test.each([
    ['lambdas/runtime/env.ts', '../stac/stac.js'],
    ['lambdas/stac/time.ts', '../source/href.js'],
    ['lambdas/ingestor/client.ts', '../granule/batch.js'],
    ['lambdas/granule/batch.ts', '../granule-handler.js'],
    ['modules/config/names.ts', '../bundling/bundle.js'],
    ['modules/bundling/bundle.ts', '../constructs/policy.js'],
    ['modules/constructs/policy.ts', '../pipeline/pipeline.js'],
    ['local/http/server.ts', '../queue/queue.js'],
    ['cli/shared/table.ts', '../plan/git.js'],
  ])('keep %s from importing %s of its house', (file, target) => {
    expect(insideHouses(importing(file, target))).toHaveLength(1);
  });

  test('let a room import the layers below it, and its own files', () => {
    expect(insideHouses(importing('lambdas/granule/batch.ts', '../runtime/env.js'))).toEqual([]);
    expect(insideHouses(importing('lambdas/granule/batch.ts', './message.js'))).toEqual([]);
  });

  test('keep one pipeline from importing another', () => {
    expect(betweenPipelines(importing('pipelines/a/app.ts', '../b/item.js'))).toHaveLength(1);
  });

  test('find a circle of type imports, of two files and of three', () => {
    const files = made({
      'cli/a.ts': "import type { B } from './b.js';",
      'cli/b.ts': "export type { A } from './a.js';",
      'cli/c.ts': "import { d } from './d.js';",
      'cli/d.ts': "const e = await import('./e.js');",
      'cli/e.ts': "import './c.js';",
      'cli/f.ts': "import { a } from './a.js';",
    });

    expect(circlesOf(importsOf(files))).toEqual([
      ['cli/a.ts', 'cli/b.ts'],
      ['cli/c.ts', 'cli/d.ts', 'cli/e.ts'],
    ]);
  });

  test('find cdktf where it must not be', () => {
    expect(misplacedCdktf(importing('cli/plan.ts', 'cdktf'))).toHaveLength(1);
    expect(misplacedCdktf(importing('lambdas/a.ts', '@cdktf/provider-aws/x'))).toHaveLength(1);
    expect(misplacedCdktf(importing('modules/a.ts', 'cdktf/lib/private/x'))).toHaveLength(1);
    expect(misplacedCdktf(importing('modules/a.ts', 'cdktf'))).toEqual([]);
  });

  test('find what cli/ must not import of modules/, also by way of another file', () => {
    const files = made({
      'cli/plan.ts': "import { x } from '../modules/config/x.js';",
      'modules/config/x.ts': "import { y } from './y.js';",
      'modules/config/y.ts': "import { Token } from 'cdktf';",
    });

    expect(closedToCli(importing('cli/plan.ts', '../modules/stacks/a.js'))).toHaveLength(1);
    expect(closedToCli(importsOf(files))).toEqual([]);
    expect(cdktfBehind(importsOf(files), ['cli/'])).toEqual(['cdktf']);
    expect(cdktfBehind(importsOf(files), ['modules/config/'])).toEqual(['cdktf']);
  });

  test('find commands that export, long files and full folders', () => {
    const files = made({
      'cli/a.ts': 'const a = 1;\nexport { a };\n',
      'cli/b/c.ts': 'export const a = 1;\n'.repeat(200),
      'cli/b/d.ts': 'const a = 1;\n'.repeat(201),
    });
    const paths = Array.from({ length: 26 }, (_, index) => `cli/b/${String(index)}.ts`);

    expect(commandsWithExports(files)).toEqual(['cli/a.ts']);
    expect(longFiles(files)).toEqual(['cli/b/d.ts']);
    expect(fullFolders(paths)).toEqual(['cli/b']);
    expect(fullFolders(paths.slice(1))).toEqual([]);
  });
});
