import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const ROOMS = ['modules', 'lambdas', 'pipelines', 'local', 'cli'] as const;
type Room = (typeof ROOMS)[number] | 'main.ts' | 'test/kit';

/** Which rooms a room may import, besides itself (docs/decisions.md, "The one rule of imports"). */
const MAY_IMPORT: Record<Room, readonly Room[]> = {
  modules: [],
  lambdas: [],
  pipelines: ['lambdas'],
  local: ['lambdas'],
  cli: ['local', 'lambdas', 'pipelines', 'modules'],
  'main.ts': ['modules'],
  'test/kit': ['local', 'lambdas'],
};

interface Import {
  readonly file: string;
  readonly target: string;
}

function sourceFiles(): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  return listed.split('\n').filter((file) => file !== '' && !file.endsWith('.test.ts'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/(?:from|import\()\s*'([^']+)'/g);
  return [...found].map(([, target = '']) => ({
    file,
    target: target.startsWith('.') ? posix.join(posix.dirname(file), target) : target,
  }));
}

function roomOf(path: string): Room | undefined {
  if (path === 'main.ts' || path === 'main.js') return 'main.ts';
  if (path.startsWith('test/kit/')) return 'test/kit';
  return ROOMS.find((room) => path.startsWith(`${room}/`));
}

const imports = sourceFiles().flatMap(importsOf);

describe('the one rule of imports', () => {
  test('is looked at in every room', () => {
    const rooms = new Set(imports.map(({ file }) => roomOf(file)));
    expect([...rooms]).toEqual(expect.arrayContaining([...ROOMS, 'main.ts']));
  });

  test('every import between rooms is one that the rule allows', () => {
    const broken = imports.filter(({ file, target }) => {
      const [from, to] = [roomOf(file), roomOf(target)];
      return from && to && from !== to && !MAY_IMPORT[from].includes(to);
    });

    expect(broken).toEqual([]);
  });

  test('a pipeline imports no other pipeline', () => {
    const pipelineOf = (path: string) => /^pipelines\/([^/]+)\//.exec(path)?.[1];
    const broken = imports.filter(({ file, target }) => {
      const [from, to] = [pipelineOf(file), pipelineOf(target)];
      return from !== undefined && to !== undefined && from !== to;
    });

    expect(broken).toEqual([]);
  });

  test('only main.ts and modules/ import cdktf, and nothing private of it', () => {
    const cdktf = imports.filter(({ target }) => /^(cdktf|constructs|@cdktf)(\/|$)/.test(target));
    const allowed = ({ file }: Import) => ['main.ts', 'modules'].includes(roomOf(file) ?? '');

    expect(cdktf.filter((found) => !allowed(found) && !found.file.startsWith('test/'))).toEqual([]);
    expect(cdktf.filter(({ target }) => target.includes('/private'))).toEqual([]);
  });

  test('what cli/ imports of modules/ is free of cdktf', () => {
    const graph = groupByFile();
    const reached = new Set<string>();
    const visit = (file: string) => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { target } of graph.get(file) ?? []) visit(target.replace(/\.js$/, '.ts'));
    };
    for (const { file, target } of imports) {
      if (roomOf(file) === 'cli' && roomOf(target) === 'modules')
        visit(target.replace(/\.js$/, '.ts'));
    }

    expect([...reached].filter((path) => /^(cdktf|constructs|@cdktf)(\/|$)/.test(path))).toEqual(
      [],
    );
  });
});

function groupByFile(): Map<string, Import[]> {
  const groups = new Map<string, Import[]>();
  for (const found of imports) groups.set(found.file, [...(groups.get(found.file) ?? []), found]);
  return groups;
}

describe('the README', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };

  test('names no npm script that does not exist', () => {
    const named = [...readme.matchAll(/npm run (?:--silent )?([a-z][a-z0-9:-]*)/g)].map(
      ([, name]) => name,
    );

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
  });

  test('names no file of the project that does not exist', () => {
    const named = [...readme.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path);

    for (const path of named) expect(() => readFileSync(join(ROOT, path))).not.toThrow(/ENOENT/);
  });
});
