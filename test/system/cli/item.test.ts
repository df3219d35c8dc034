import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { namedGranule, tryFindGranule } from '../../../cli/item-href.js';
import { MessageError } from '../../../lambdas/runtime/errors.js';
import type { GranuleMessage } from '../../../lambdas/granule/message.js';
import { runCli } from '../../support/cli/run-cli.js';

const DAY = resolve('pipelines/sentinel1/sample/bucket/GRD/2023/3/14/IW/DV');
const NAME = 'S1A_IW_GRDH_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E';
const GRANULE = join(DAY, NAME);
const PATIENCE_MS = 120_000;

interface ItemLine {
  readonly id: string;
  readonly collection: string;
  readonly assets: Record<string, { readonly href: string }>;
}

const itemsIn = (stdout: string): ItemLine[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ItemLine);

describe('the Item of a granule', () => {
  test(
    'is printed on one line, and one that fails is no reason to leave out the others',
    async () => {
      const bad = join(DAY, 'nowhere_X_GRDH_1SDV');

      const { code, stdout, stderr } = await runCli('item', [
        'sentinel1',
        bad,
        relative('.', GRANULE),
      ]);

      expect(code).toBe(1);
      const [item, ...others] = itemsIn(stdout);
      expect(others).toEqual([]);
      expect(item).toMatchObject({ id: NAME.slice(0, -5), collection: 'sentinel1-grd' });
      expect(item?.assets['safe-manifest']?.href).toBe(`${GRANULE}/manifest.safe`);
      expect(stderr).toMatch(/nowhere_X_GRDH_1SDV\/manifest.safe: cannot be read: no such file/);
    },
    PATIENCE_MS,
  );

  test(
    'may be asked for through stdin, under another prefix',
    () => {
      const args = [
        '--no-warnings',
        '--import',
        'tsx',
        'cli/item.ts',
        'sentinel1',
        '-',
        '--href-prefix',
        's3://mine/x',
      ];

      const { status, stdout } = spawnSync(process.execPath, args, {
        input: `${GRANULE}\n\n`,
        encoding: 'utf8',
      });

      expect(status).toBe(0);
      expect(itemsIn(stdout)[0]?.assets['safe-manifest']?.href).toBe(
        `s3://mine/x/${NAME}/manifest.safe`,
      );
    },
    PATIENCE_MS,
  );

  test(
    'may be cut off by whoever reads it',
    () => {
      const command = `yes ${GRANULE} | head -200 | "$0" --no-warnings --import tsx cli/item.ts sentinel1 - | head -1 | wc -l`;

      const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath], {
        encoding: 'utf8',
      });

      expect(stdout.trim()).toBe('1');
      expect(stderr).toBe('');
    },
    PATIENCE_MS,
  );

  test.each([
    ['no pipeline', [], /^item: which pipeline\? pipelines holds/],
    ['no href', ['sentinel1'], /^item: which granule\?/],
    ['an unknown option', ['sentinel1', 'x', '--prefix'], /unknown option/],
  ])(
    'with %s is refused',
    async (_, args, sentence) => {
      const { code, stderr } = await runCli('item', args);

      expect(stderr).toMatch(sentence);
      expect(code).toBe(2);
    },
    PATIENCE_MS,
  );
});

describe('an href', () => {
  test.each([
    ['s3://b/k', undefined, { href: 's3://b/k' }],
    ['https://h/k', 's3://x', { href: 'https://h/k' }],
    ['/data/g/', undefined, { href: '/data/g' }],
    ['g', undefined, { href: resolve('g') }],
    [
      '/data/g',
      's3://x/y/',
      { href: 's3://x/y/g', sourceMap: { from: 's3://x/y/g', to: '/data/g' } },
    ],
    ['/data/g', 's3://x/g/', { href: 's3://x/g', sourceMap: { from: 's3://x/g', to: '/data/g' } }],
  ])('%s under %s', (given, prefix, named) => {
    expect(namedGranule(given, prefix)).toEqual(named);
  });
});

test('this test looks at the granule that it names', () => {
  expect(readFileSync(join(GRANULE, 'manifest.safe'), 'utf8')).toContain('xfdu');
});

describe('what is neither an href nor a path', () => {
  const pipeline = {
    parseMessage: ({ type, ...message }: GranuleMessage) => {
      if (type === 'custom' && 'body' in message && message.body === 'tile 7')
        return { href: 's3://tiles/7' };
      throw new MessageError('none of ours');
    },
  };

  test('may be a message of the pipeline, say a bare key', () => {
    expect(tryFindGranule('tile 7', pipeline)).toEqual({ href: 's3://tiles/7' });
    expect(tryFindGranule('tile 8', pipeline)).toBeUndefined();
    expect(tryFindGranule('', pipeline)).toBeUndefined();
  });

  test('is no message where a file has that name', () => {
    const anything = { parseMessage: () => ({ href: 's3://any/thing' }) };

    expect(tryFindGranule('package.json', anything)).toBeUndefined();
  });

  test('an error that is not about the message is not hidden', () => {
    const broken = {
      parseMessage: () => {
        throw new Error('a bug');
      },
    };

    expect(() => tryFindGranule('tile 7', broken)).toThrow('a bug');
  });
});
