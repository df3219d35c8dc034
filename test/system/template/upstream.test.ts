import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FIXTURES } from '../../support/cli/fixture-project.js';
import { commitAll, git, writeFiles } from '../../support/cli/project-root.js';
import { listFiles, ROOT } from '../../support/project/files.js';
import { isOfOwn, SHIPPED } from '../../support/project/shipped.js';

/** The page's own commands, on a scratch copy of this project as upstream. Nothing is fetched from a registry. */
const PAGE = readFileSync(join(ROOT, 'docs/template.md'), 'utf8');
const TIMEOUT_MS = 600_000;
const SCRATCH = mkdtempSync(join(tmpdir(), 'template-'));
const UPSTREAM = join(SCRATCH, 'upstream');
const OWN = join(SCRATCH, 'my-pipelines');
const WHO = { name: 'test', email: 'test@example.com' };
const ENV = {
  PATH: process.env['PATH'],
  HOME: SCRATCH,
  GIT_AUTHOR_NAME: WHO.name,
  GIT_AUTHOR_EMAIL: WHO.email,
  GIT_COMMITTER_NAME: WHO.name,
  GIT_COMMITTER_EMAIL: WHO.email,
  GIT_CONFIG_NOSYSTEM: '1',
  npm_config_offline: 'true',
  npm_config_ignore_scripts: 'true',
  npm_config_update_notifier: 'false',
};

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly output: string;
}

function run(command: string, cwd = OWN, env: Readonly<Record<string, string>> = {}): Run {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd,
    env: { ...ENV, ...env },
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  return { code: status, stdout, output: stdout + stderr };
}

function succeed(command: string, cwd = OWN, env: Readonly<Record<string, string>> = {}): string {
  const { code, stdout, output } = run(command, cwd, env);
  if (code !== 0) throw new Error(`${command}: exit code ${String(code)}\n${output}`);
  return stdout;
}

/** The commands of the block of the page that begins with `text`, without its indentation. */
function commandsFrom(text: string): readonly string[] {
  const blocks = [...PAGE.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].map(([, , code = '']) =>
    code.split('\n').map((line) => line.trim()),
  );
  const found = blocks.filter(([first = '']) => first.startsWith(text));
  if (found.length !== 1) throw new Error(`${String(found.length)} blocks that begin with ${text}`);
  return (found[0] ?? []).filter((line) => line !== '');
}

/** The installed packages, as hard links, because a copy takes half a gigabyte. npm replaces files, except its list. */
function linkModules(into: string): void {
  const copy = (from: string, to: string): void => {
    mkdirSync(to, { recursive: true });
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.name === '.cache') continue;
      if (entry.isDirectory()) copy(source, target);
      else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
      else linkOrCopy(source, target);
    }
  };
  copy(join(ROOT, 'node_modules'), join(into, 'node_modules'));
}

function linkOrCopy(source: string, target: string): void {
  try {
    if (source.endsWith('.package-lock.json')) copyFileSync(source, target);
    else linkSync(source, target);
  } catch {
    // Another file system has no hard links to this one.
    copyFileSync(source, target);
  }
}

/** Packs a package and lays it into vendor/, from which npm installs it without a registry. */
function pack(name: string, version: string, root: string): void {
  const folder = join(SCRATCH, 'packages', `${name}-${version}`);
  writeFiles(folder, {
    'package.json': JSON.stringify({ name, version, main: 'index.js', types: 'index.d.ts' }),
    'index.js': `exports.version = '${version}';\n`,
    'index.d.ts': 'export const version: string;\n',
  });
  mkdirSync(join(root, 'vendor'), { recursive: true });
  succeed(`npm pack --silent --pack-destination '${join(root, 'vendor')}'`, folder);
}

/** A pipeline of one's own, whose Items have the version of a package of its own. */
function writePipeline(id: string, version: string): void {
  const folder = join(OWN, 'pipelines', id);
  cpSync(join(FIXTURES, 'waves'), folder, { recursive: true });
  const change = (file: string, edit: (text: string) => string): void => {
    writeFileSync(join(folder, file), edit(readFileSync(join(folder, file), 'utf8')));
  };
  for (const file of ['app.ts', 'collection.ts', 'historic.ts'])
    change(file, (text) =>
      text
        .replaceAll("'../../../../lambdas/", "'../../lambdas/")
        .replace("d: 'waves'", `d: '${id}'`),
    );
  change('config.yaml', (text) => text.replace('id: waves', `id: ${id}`));
  change('app.ts', (text) =>
    `import { version } from 'tide-table';\n${text}`.replace(
      'datetime: measured }',
      'datetime: measured, tide_version: version }',
    ),
  );
  const dependencies = { 'tide-table': `file:../../vendor/tide-table-${version}.tgz` };
  writeFiles(folder, {
    'package.json': `${JSON.stringify({ name: id, private: true, dependencies }, undefined, 2)}\n`,
  });
}

function itemOf(id: string): unknown {
  const granule = `pipelines/${id}/sample/bucket/2024/north`;
  return JSON.parse(succeed(`npm run --silent item -- ${id} ${granule}`));
}

beforeAll(() => {
  for (const file of listFiles()) {
    if (isOfOwn(file)) continue;
    const target = join(UPSTREAM, file);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(ROOT, file), target, { verbatimSymlinks: true });
  }
  git(UPSTREAM, 'init', '--quiet', '--initial-branch', 'main');
  commitAll(UPSTREAM);
  succeed('git init --quiet --bare --initial-branch main own.git', SCRATCH);
}, TIMEOUT_MS);

afterAll(() => {
  rmSync(SCRATCH, { recursive: true, force: true });
}, TIMEOUT_MS);

describe("one's own repository, by the commands of docs/template.md", () => {
  test(
    'begins as a clone, without the examples',
    () => {
      for (const command of commandsFrom('git clone')) {
        // The packages are those that are installed here.
        if (command === 'npm ci') linkModules(OWN);
        else if (command !== 'cd my-pipelines')
          succeed(
            command
              .replace('<upstream-url>', `file://${UPSTREAM}`)
              .replace('<own-url>', join(SCRATCH, 'own.git')),
            command.startsWith('git clone') ? SCRATCH : OWN,
          );
      }
      // Where this test runs they may be deleted already.
      const hasExample = SHIPPED.some((id) => existsSync(join(OWN, 'pipelines', id)));
      for (const command of commandsFrom('git rm -r --quiet')) if (hasExample) succeed(command);

      expect(git(OWN, 'remote').trim().split('\n').sort()).toEqual(['origin', 'upstream']);
      expect(existsSync(join(OWN, 'pipelines'))).toBe(false);
      expect(git(OWN, 'status', '--porcelain')).toBe('');
    },
    TIMEOUT_MS,
  );

  test(
    'has pipelines with npm packages of their own, also in different versions',
    () => {
      for (const version of ['1.0.0', '2.0.0']) pack('tide-table', version, OWN);
      writePipeline('my_tides', '1.0.0');
      writePipeline('my_waves', '2.0.0');
      for (const command of commandsFrom('npm install')) succeed(command);
      commitAll(OWN);

      expect(itemOf('my_tides')).toMatchObject({ properties: { tide_version: '1.0.0' } });
      expect(itemOf('my_waves')).toMatchObject({ properties: { tide_version: '2.0.0' } });
      expect(succeed('npm run local -- my_waves')).toContain('failed 0');
      succeed('npm run --silent build -- my_tides my_waves');
      for (const [id, version] of [
        ['my_tides', '1.0.0'],
        ['my_waves', '2.0.0'],
      ] as const)
        expect(readFileSync(join(OWN, `dist/${id}/app.mjs`), 'utf8')).toContain(version);
      expect(run('npm test', OWN, { PIPELINE: 'my_waves', CI: 'true' })).toMatchObject({
        code: 0,
        output: expect.stringMatching(/^Tests: .* passed/m),
      });
    },
    TIMEOUT_MS,
  );

  test(
    'takes a later version, which changes the lock, a deleted example and the framework',
    () => {
      laterVersion();

      const [fetch = '', merge = ''] = commandsFrom('git fetch');
      succeed(fetch);
      expect(run(merge)).toMatchObject({
        code: 1,
        output: expect.stringContaining('package-lock.json'),
      });
      for (const command of commandsFrom('git checkout --theirs')) succeed(command);
      if (existsSync(join(OWN, 'pipelines/sentinel1')))
        for (const command of commandsFrom('git rm -r --force')) succeed(command);
      succeed('git commit --no-edit');

      expect(git(OWN, 'status', '--porcelain')).toBe('');
      expect(readFileSync(join(OWN, 'LATER.md'), 'utf8')).toBe('later\n');
      expect(readdirSync(join(OWN, 'pipelines')).sort()).toEqual(['my_tides', 'my_waves']);
      const lock = readFileSync(join(OWN, 'package-lock.json'), 'utf8');
      for (const name of ['my_tides', 'my_waves', 'my-zone'])
        expect(lock).toContain(`"node_modules/${name}": {`);
      expect(existsSync(join(OWN, 'node_modules/my-zone/index.js'))).toBe(true);
      expect(itemOf('my_waves')).toMatchObject({ properties: { tide_version: '2.0.0' } });
      expect(succeed('npm ls --all tide-table my-zone')).toContain('tide-table@2.0.0');
    },
    TIMEOUT_MS,
  );
});

/** Upstream adds a package, whose place in the lock is that of the own pipelines, and changes an example. */
function laterVersion(): void {
  pack('my-zone', '1.0.0', UPSTREAM);
  const file = join(UPSTREAM, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: object };
  const dependencies = { ...manifest.dependencies, 'my-zone': 'file:vendor/my-zone-1.0.0.tgz' };
  writeFileSync(file, `${JSON.stringify({ ...manifest, dependencies }, undefined, 2)}\n`);
  succeed('npm install --package-lock-only', UPSTREAM);
  const example = join(UPSTREAM, 'pipelines/sentinel1/config.yaml');
  if (existsSync(example))
    writeFiles(UPSTREAM, {
      'pipelines/sentinel1/config.yaml': `${readFileSync(example, 'utf8')}# changed\n`,
      'pipelines/sentinel1/added.ts': 'export const added = 1;\n',
    });
  writeFiles(UPSTREAM, { 'LATER.md': 'later\n' });
  commitAll(UPSTREAM);
}
