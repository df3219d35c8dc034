import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { collectionCode } from '../../../support/cli/collection-code.js';
import { projectRoot, writeFiles } from '../../../support/cli/project-root.js';
import { runCli } from '../../../support/cli/run-cli.js';
import { jsonLines } from '../../../support/json-lines.js';

let root: string;

const APP = `
import { granuleHandler } from '../../lambdas/granule-handler.js';

export const handler = granuleHandler({
  collectionId: 'waves',
  parseMessage: (message) => (message.type === 's3-object' ? { href: message.href } : undefined),
  createItem: ({ href }) =>
    Promise.resolve({
      type: 'Feature',
      stac_version: '1.0.0',
      stac_extensions: [],
      id: href.split('/').at(-1) ?? '',
      properties: { datetime: '2024-01-01T00:00:00Z' },
      geometry: { type: 'Point', coordinates: [11, 48] },
      bbox: [11, 48, 11, 48],
      links: [],
      assets: { data: { href } },
    }),
});
`;

/** historic.ts with this expression as the body of a row with a key. */
function historic(body: string): string {
  return `
import { historicHandler } from '../../lambdas/historic-handler.js';
import { s3EventBody } from '../../lambdas/source/s3-event.js';

export const handler = historicHandler({
  queryInventory: () => 'SELECT key FROM inventory',
  rowToMessageBody: ({ key }) => (key === undefined ? undefined : ${body}),
  nextChunk: () => undefined,
});

export const unused = s3EventBody;
`;
}

const PAIR = `JSON.stringify({ bucket: 'waves', key })`;
const EVENT = `s3EventBody('waves', key)`;

beforeEach(() => {
  root = projectRoot();
  const keys = Array.from({ length: 50 }, (_, index) => `${index}.tif\n`);
  writeFileSync(join(root, 'keys.txt'), keys.join(''));
  writeFiles(root, {
    'pipelines/waves/app.ts': APP,
    'pipelines/waves/collection.ts': collectionCode('waves'),
  });
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function local(body: string, ...args: readonly string[]) {
  writeFiles(root, { 'pipelines/waves/historic.ts': historic(body) });
  return runCli('local', ['waves', '--inventory', 'keys.txt', ...args], { cwd: root });
}

function deadLetters(): { readonly attributes: Readonly<Record<string, string>> }[] {
  const path = join(root, 'out/waves/dead-letters.ndjson');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return jsonLines(text) as ReturnType<typeof deadLetters>;
}

const COMPARE = 'compare rowToMessageBody in historic.ts with parseMessage in app.ts';

test('[N01] a local run of an inventory whose messages name no granule exits with 1, and its redrive does too', async () => {
  const { code, stdout } = await local(PAIR);
  const redrive = ['waves', '--local', '--send', '--yes'];
  const again = await runCli('redrive', redrive, { cwd: root });

  expect(code).toBe(1);
  expect(stdout).toContain(`\n50 messages, 0 name a granule: ${COMPARE}`);
  expect(stdout).toContain('\nfailed 50: see dead-letters.ndjson\n');
  expect(stdout).not.toContain('skipped 50');
  expect(again.code).toBe(1);
  // One group, although each reason has another body.
  expect(again.stdout).toMatch(/^ *50 {2}permanent .*MessageError: the message names no granule/m);
  expect(again.stdout).toContain(`\n50 messages, 0 name a granule: ${COMPARE}`);
  expect(deadLetters()).toHaveLength(50);
  for (const { attributes } of deadLetters()) expect(attributes['backfill']).toBe('waves');
}, 120_000);

test('[N01] a local run tells that some messages name no granule, and a redrive sends those again', async () => {
  const some = await local(`key.startsWith('7') ? ${PAIR} : ${EVENT}`);
  writeFiles(root, {
    'pipelines/waves/app.ts': APP.replace(
      ': undefined)',
      ': { href: `s3://waves/${(message.body as { key: string }).key}` })',
    ),
  });
  const redriven = await runCli('redrive', ['waves', '--local', '--send', '--yes'], { cwd: root });

  expect(some.code).toBe(1);
  expect(some.stdout).toContain(`\n50 messages, 49 name a granule: ${COMPARE}`);
  expect(redriven.code).toBe(0);
  expect(redriven.stdout).toContain('made 1, posted 1\n');
  expect(deadLetters()).toEqual([]);
}, 120_000);

test('[N01] a local run of messages that all name a granule says nothing of it', async () => {
  const { code, stdout } = await local(EVENT);

  expect(code).toBe(0);
  expect(stdout).toContain('made 50, posted 50\n');
  expect(stdout).not.toContain('name a granule');
}, 120_000);

test('[N01] a message of a file is not one of a backfill, so it is skipped if it is for another dataset', async () => {
  writeFiles(root, { 'pipelines/waves/historic.ts': historic(PAIR) });
  writeFileSync(join(root, 'messages.ndjson'), '{"bucket":"waves","key":"1.tif"}\n');

  const args = ['waves', '--messages', 'messages.ndjson'];
  const { code, stdout } = await runCli('local', args, { cwd: root });

  expect(code).toBe(0);
  expect(stdout).toContain('skipped 1: messages that gave no Item\n');
}, 120_000);
