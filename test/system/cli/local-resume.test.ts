import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { collectionCode } from '../../support/cli/collection-code.js';
import { projectRoot, writeFiles } from '../../support/cli/project-root.js';
import { runCli, type CliResult } from '../../support/cli/run-cli.js';
import { yamlOf } from '../../support/stacks/config-folder.js';

const TIMEOUT_MS = 120_000;
const MESSAGES = 200;
const SLOW = 'await new Promise((resolve) => setTimeout(resolve, 100));';

/** Each message is the name of an Item; `version` marks the code that made it. */
const app = (version: string, first = '') => `
import { GranuleError } from '../../lambdas/runtime/errors.js';
import { granuleHandler } from '../../lambdas/granule-handler.js';
import { VERSION } from './version.js';

export const handler = granuleHandler({
  collectionId: 'scenes',
  parseMessage: (message) => ({ href: \`s3://scenes/\${String(message.body)}\` }),
  createItem: async ({ href }) => {
    ${first}
    const id = href.slice('s3://scenes/'.length);
    if (id === 'bad') throw new GranuleError('bad', { href });
    return {
      type: 'Feature',
      stac_version: '1.0.0',
      stac_extensions: [],
      id,
      properties: { datetime: '2024-05-01T00:00:00Z', version: '${version}' + VERSION },
      geometry: null,
      links: [],
      assets: {},
    };
  },
});
`;

const historic = (pattern: string) => `
import { historicHandler } from '../../lambdas/historic-handler.js';

export const handler = historicHandler({
  queryInventory: () => "SELECT key FROM inventory WHERE key LIKE '${pattern}'",
  rowToMessageBody: ({ key }) => (key === 'no/such/granule.txt' ? undefined : key),
  nextChunk: () => undefined,
});
`;

const config = (more: Record<string, string> = {}) =>
  yamlOf({
    id: 'scenes',
    source: '[s3://scenes/]',
    inventory_location: 's3://reports/scenes/scenes/all',
    historic_frequency: '0',
    ...more,
  });

const FILES = {
  'app.ts': app('1'),
  'version.ts': "export const VERSION = '.0';\n",
  'collection.ts': collectionCode('scenes', 'Scenes.'),
  'historic.ts': historic('%'),
  'config.yaml': config(),
};
const RESTART = (what: string) =>
  `out/scenes holds an unfinished run, but ${what} changed since: starting over`;
let root: string;

function write(files: Readonly<Record<string, string>>): void {
  const entries = Object.entries(files).map(([name, text]) => [`pipelines/scenes/${name}`, text]);
  writeFiles(root, Object.fromEntries(entries) as Record<string, string>);
}

beforeEach(() => {
  const bodies = Array.from({ length: MESSAGES }, (_, index) => `"g${index}"\n`);
  root = projectRoot({ 'messages.ndjson': bodies.join(''), 'few.ndjson': '"a"\n"b"\n"bad"\n' });
  rmSync(join(root, 'pipelines/waves'), { recursive: true });
  write(FILES);
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const path = (name: string) => join(root, 'out/scenes', name);

function items(): { id: string; version: string }[] {
  if (!existsSync(path('items.ndjson'))) return [];
  const lines = readFileSync(path('items.ndjson'), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const { id, properties } = JSON.parse(line) as { id: string; properties: { version: string } };
    return { id, version: properties.version };
  });
}

function versions(): string[] {
  return [...new Set(items().map(({ version }) => version))].sort();
}

const local = (messages: string): Promise<CliResult> =>
  runCli('local', ['scenes', '--messages', messages, '--concurrency', '1'], { cwd: root });

/** A whole run whose state says that it was interrupted. */
async function unfinishedRun(): Promise<void> {
  await local('few.ndjson');
  const state = readFileSync(path('.run/state.json'), 'utf8').replace('finished', 'interrupted');
  writeFileSync(path('.run/state.json'), state);
}

test(
  '[N06] after Ctrl-C and a change of app.ts the same command starts over, says so, and mixes no Items',
  async () => {
    write({ 'app.ts': app('1', SLOW) });
    const args = ['scenes', '--messages', 'messages.ndjson', '--concurrency', '1'];
    const first = await runCli('local', args, {
      cwd: root,
      onStart: (child) => {
        const timer = setInterval(() => {
          if (items().length < 20) return;
          child.kill('SIGINT');
          clearInterval(timer);
        }, 20);
        child.on('close', () => {
          clearInterval(timer);
        });
      },
    });
    const before = items().length;
    write({ 'app.ts': app('2') });
    const second = await runCli('local', args, { cwd: root });

    expect(first.code).toBe(130);
    expect(before).toBeLessThan(MESSAGES);
    expect(second.stderr).toBe(
      `${RESTART('the code of scenes has')}; its results are removed: items.ndjson (${before} lines)\n`,
    );
    expect(second.stdout).toMatch(new RegExp(`^made ${MESSAGES}, posted ${MESSAGES}\nfailed 0\n`));
    expect(items()).toHaveLength(MESSAGES);
    expect(versions()).toEqual(['2.0']);
  },
  TIMEOUT_MS,
);

describe('[N06] an unfinished run', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'a module that app.ts imports',
      { 'version.ts': "export const VERSION = '.1';\n" },
      'the code of scenes has',
    ],
    ['historic.ts', { 'historic.ts': historic('g%') }, 'the code of scenes has'],
    [
      'stac_api_url, which Items link to',
      { 'config.yaml': config({ stac_api_url: 'https://stac.example.com' }) },
      'stac_api_url in config.yaml has',
    ],
  ])(
    'is discarded with a sentence after a change of %s',
    async (_, files, what) => {
      await unfinishedRun();
      write(files);

      const { stderr, stdout } = await local('few.ndjson');

      expect(stderr).toBe(
        `${RESTART(what)}; its results are removed: items.ndjson (2 lines), dead-letters.ndjson (1 line)\n`,
      );
      expect(stdout).toMatch(/^made 2, posted 2\nfailed 1:/);
      expect(items()).toHaveLength(2);
      expect(versions()).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  test.each<[string, Record<string, string>]>([
    // Not of a type: esbuild chooses short names by the frequency of characters in the source, and only leaves comments out.
    ['a comment', { 'app.ts': `${app('1')}// A remark.\n` }],
    ['memory_mb', { 'config.yaml': config({ memory_mb: '512' }) }],
    [
      'collection.ts, which every run posts',
      { 'collection.ts': collectionCode('scenes', 'More.') },
    ],
  ])(
    'is resumed after a change of %s',
    async (_, files) => {
      await unfinishedRun();
      write(files);

      const { stderr } = await local('few.ndjson');

      expect(stderr).toBe('');
      expect(versions()).toEqual(['1.0']);
      const posted = JSON.parse(readFileSync(path('collection.json'), 'utf8')) as object;
      const description = 'collection.ts' in files ? 'More.' : 'Scenes.';
      expect(posted).toMatchObject({ description });
    },
    TIMEOUT_MS,
  );
});

test(
  '[N06] a redrive of a run of old code runs with the new code, says so, and keeps the other Items',
  async () => {
    await local('few.ndjson');
    write({ 'app.ts': app('2').replace("'bad') throw", "'worse') throw") });
    const redrive = ['scenes', '--local', '--send', '--yes'];
    const { code, stdout, stderr } = await runCli('redrive', redrive, { cwd: root });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      'Note: the code of scenes has changed since the local run. These messages ran with what is there now; its other Items are as they were.\nmade 1, posted 1\n',
    );
    expect(items()).toEqual([
      { id: 'a', version: '1.0' },
      { id: 'b', version: '1.0' },
      { id: 'bad', version: '2.0' },
    ]);
  },
  TIMEOUT_MS,
);
