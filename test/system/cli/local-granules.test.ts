import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { collectionCode } from '../../support/cli/collection-code.js';
import { projectRoot } from '../../support/cli/project-root.js';
import { runCli } from '../../support/cli/run-cli.js';
import { yamlOf } from '../../support/stacks/config-folder.js';

const TIMEOUT_MS = 120_000;

/** An event names the metadata; the href is the image beside it. A field of its own has the href of the metadata. */
const APP = `
import { granuleHandler } from '../../lambdas/granule-handler.js';

export const handler = granuleHandler({
  collectionId: 'scenes',
  parseMessage: (message) => {
    if (message.type !== 's3-object' || !message.key.endsWith('.json')) return undefined;
    const metadata = \`s3://\${message.bucket}/\${message.key}\`;
    return { href: metadata.replace(/meta.json$/, 'image.tif'), metadata };
  },
  createItem: async ({ href, metadata, source }) => {
    const { id, datetime } = JSON.parse(new TextDecoder().decode(await source.read(metadata)));
    const first = await source.read(href, { offset: 0, length: 2 });
    return {
      type: 'Feature',
      stac_version: '1.0.0',
      stac_extensions: [],
      id,
      properties: { datetime, start: new TextDecoder().decode(first) },
      geometry: null,
      links: [],
      assets: { image: { href } },
    };
  },
});
`;

const META = (id: string) => JSON.stringify({ id, datetime: '2024-05-01T00:00:00Z' });
let root: string;

beforeAll(() => {
  root = projectRoot({
    'pipelines/scenes/app.ts': APP,
    'pipelines/scenes/config.yaml': yamlOf({ id: 'scenes', source: '[s3://scenes/l1/]' }),
    'pipelines/scenes/collection.ts': collectionCode('scenes'),
    'bucket/l1/2024/a/meta.json': META('a'),
    'bucket/l1/2024/a/image.tif': 'II*',
    'bucket/l1/2024/b/meta.json': META('b'),
    'bucket/l1/2024/b/image.tif': 'MM*',
  });
  rmSync(join(root, 'pipelines/waves'), { recursive: true });
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('[N27] npm run local -- scenes --granules', () => {
  test.each([
    { what: 'the bucket', granules: 'bucket', count: 2 },
    { what: 'the prefix of the source', granules: 'bucket/l1', count: 2 },
    { what: 'a folder of granules', granules: 'bucket/l1/2024', count: 2 },
    { what: 'one granule', granules: 'bucket/l1/2024/a', count: 1 },
    { what: 'a folder with --href-prefix', granules: 'bucket', count: 2, prefix: 's3://x' },
  ])(
    'reads both files of a granule from $what',
    async ({ granules, count, prefix }) => {
      const options = prefix === undefined ? [] : ['--href-prefix', prefix];
      const args = ['scenes', '--granules', granules, '--fresh', ...options];
      const { code, stdout, stderr } = await runCli('local', args, { cwd: root });

      expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^made ${count}, posted ${count}\nfailed 0\n`));
      const [line = ''] = readFileSync(join(root, 'out/scenes/items.ndjson'), 'utf8').split('\n');
      expect(JSON.parse(line)).toMatchObject({
        id: 'a',
        properties: { start: 'II' },
        assets: { image: { href: `${prefix ?? join(root, 'bucket')}/l1/2024/a/image.tif` } },
      });
    },
    TIMEOUT_MS,
  );
});
