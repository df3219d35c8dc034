import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { collectionCode } from '../../support/cli/collection-code.js';
import { projectRoot } from '../../support/cli/project-root.js';
import { runCli } from '../../support/cli/run-cli.js';
import { jsonLines } from '../../support/json-lines.js';

const TIMEOUT_MS = 120_000;

/** The last character of the href says how many Items the granule has. */
const FILES = {
  'pipelines/waves/app.ts': `import { granuleHandler } from '../../lambdas/granule-handler.js';
import type { Item } from '../../lambdas/stac/stac.js';

export const handler = granuleHandler({
  collectionId: 'waves',
  parseMessage: ({ type, ...message }) => ({ href: type === 'custom' && 'body' in message ? String(message.body) : '' }),
  createItem: ({ href }) => Array.from({ length: Number(href.at(-1)) }, (_, index) => itemOf(\`\${href.slice(-6)}-\${index}\`)),
});

function itemOf(id: string): Item {
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    stac_extensions: [],
    id,
    properties: { datetime: '2024-01-01T00:00:00Z' },
    geometry: { type: 'Point', coordinates: [11, 48] },
    bbox: [11, 48, 11, 48],
    links: [],
    assets: {},
  };
}
`,
  'pipelines/waves/collection.ts': collectionCode('waves'),
  'messages.ndjson': 's3://bucket/tiles2\ns3://bucket/tiles1\ns3://bucket/tiles0\n',
};

let root: string;

beforeAll(() => {
  root = projectRoot(FILES);
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

function idsIn(lines: string): unknown[] {
  return (jsonLines(lines) as { readonly id: unknown }[]).map(({ id }) => id);
}

test(
  '[N26] npm run item prints each Item of a granule, and names a granule without Items',
  async () => {
    const hrefs = ['s3://bucket/tiles2', 's3://bucket/tiles0', 's3://bucket/tiles1'];

    const { code, stdout, stderr } = await runCli('item', ['waves', ...hrefs], { cwd: root });

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 's3://bucket/tiles0: skipped: it has no Items\n',
    });
    expect(idsIn(stdout)).toEqual(['tiles2-0', 'tiles2-1', 'tiles1-0']);
  },
  TIMEOUT_MS,
);

test(
  '[N26] npm run local posts each Item of a granule, and counts a granule without Items as skipped',
  async () => {
    const args = ['waves', '--messages', 'messages.ndjson', '--concurrency', '1'];

    const { code, stdout, stderr } = await runCli('local', args, { cwd: root });

    expect(stderr).toBe('');
    expect(stdout).toMatch(/^made 3, posted 3\nskipped 1: messages that gave no Item\nfailed 0\n/);
    expect(code).toBe(0);
    const items = readFileSync(join(root, 'out/waves/items.ndjson'), 'utf8');
    expect(idsIn(items).sort()).toEqual(['tiles1-0', 'tiles2-0', 'tiles2-1']);
  },
  TIMEOUT_MS,
);
