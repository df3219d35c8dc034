import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { MessageError } from '../../../lambdas/runtime/errors.js';
import type { GranuleMessage } from '../../../lambdas/granule/message.js';
import { type FolderGranules, granulesBelow } from '../../../local/input/granule-folder.js';
import { namingsOf } from '../../../local/input/granule-messages.js';
import { codeAt } from '../../support/pipeline-code.js';

/** Granules are folders with a meta.json below data/, in messages and S3 events alike. */
const pipeline = {
  parseMessage: (message: GranuleMessage) => {
    const path =
      message.type === 's3-object' ? message.key.replace('/meta.json', '') : pathOf(message.body);
    if (!path.startsWith('data/') || path.endsWith('.tif'))
      throw new MessageError(`no granule: ${path}`);
    return { href: `s3://bucket/${path}` };
  },
};

function pathOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'path' in body ? String(body.path) : '';
}

const rowToMessageBody = ({ key = '' }: Record<string, string | undefined>): string | undefined =>
  /^data\/\d+\/\w+\/meta.json$/.test(key)
    ? JSON.stringify({ path: key.replace('/meta.json', '') })
    : undefined;

const finder = { pipeline, rowToMessageBody, bucket: 'bucket', keyPrefix: 'data/' };
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'granules-'));
  for (const name of ['data/2024/a', 'data/2024/b']) {
    mkdirSync(join(root, name), { recursive: true });
    for (const file of ['data.tif', 'meta.json']) writeFileSync(join(root, name, file), '');
  }
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

async function bodiesOf({ bodies }: FolderGranules): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const body of bodies) all.push(JSON.parse(body));
  return all;
}

const keyOf = (body: unknown): string =>
  (body as { Records: { s3: { object: { key: string } } }[] }).Records[0]?.s3.object.key ?? '';

describe('granules below a folder', () => {
  test('with the layout of the bucket produce the messages of the backfill', async () => {
    const found = await granulesBelow(root, { finder });

    expect(await bodiesOf(found)).toEqual([{ path: 'data/2024/a' }, { path: 'data/2024/b' }]);
    expect(found.hrefMap).toEqual({ from: 's3://bucket/', to: `${root}/` });
    expect(found.sourceMap).toBeUndefined();
  });

  test('that represents the prefix of the pipeline have their full keys', async () => {
    const folder = join(root, 'data');

    const found = await granulesBelow(folder, { finder });

    expect(await bodiesOf(found)).toEqual([{ path: 'data/2024/a' }, { path: 'data/2024/b' }]);
    expect(found.hrefMap).toEqual({ from: 's3://bucket/data/', to: `${folder}/` });
  });

  test('that contains granules directly are found too', async () => {
    const folder = join(root, 'data/2024');

    const found = await granulesBelow(folder, {
      finder: { ...finder, rowToMessageBody: undefined },
    });

    expect((await bodiesOf(found)).map(keyOf)).toEqual(['data/a/meta.json', 'data/b/meta.json']);
    expect(found.hrefMap).toEqual({ from: 's3://bucket/data/', to: `${folder}/` });
  });

  test.each([
    ['s3://other/x', 's3://other/x/'],
    ['s3://other/a', 's3://other/'],
  ])('may be one granule itself, under the prefix %s', async (hrefPrefix, to) => {
    const folder = join(root, 'data/2024/a');

    const found = await granulesBelow(folder, { finder, hrefPrefix });

    expect((await bodiesOf(found)).map(keyOf)).toEqual(['data/a/meta.json']);
    expect(found).toMatchObject({
      hrefMap: { from: 's3://bucket/data/', to },
      sourceMap: { from: to, to: `${join(root, 'data/2024')}/` },
    });
  });

  test('cause a readable error if there are none', async () => {
    mkdirSync(join(root, 'empty'));

    await expect(granulesBelow(join(root, 'empty'), { finder })).rejects.toThrow(
      /contains no granule: the pipeline recognizes none of its file names/,
    );
    await expect(granulesBelow(join(root, 'gone'), { finder })).rejects.toThrow(
      /it does not exist/,
    );
  });

  test('an error for another reason than the name is thrown', async () => {
    const broken = {
      parseMessage: () => {
        throw new Error('bug');
      },
    };

    await expect(granulesBelow(root, { finder: { ...finder, pipeline: broken } })).rejects.toThrow(
      'bug',
    );
  });
});

describe('archives', () => {
  const ZIP = 'PK\x03\x04 and so on';
  const knowing = (suffix: string) => ({
    pipeline: {
      parseMessage: (message: GranuleMessage) =>
        message.type === 's3-object' && message.key.endsWith(suffix)
          ? { href: `s3://bucket/${message.key}` }
          : undefined,
    },
    bucket: 'bucket',
    keyPrefix: '',
  });

  test.each([
    ['a.zip', ZIP, "the archive 'a.zip'"],
    ['deep/b.SAFE', ZIP, "the archive 'deep/b.SAFE'"],
    ['c.tar.gz', 'x', "the archive 'c.tar.gz'"],
    ['d.TGZ', 'x', "the archive 'd.TGZ'"],
  ])('[N28] alone in a folder are refused with the advice to unpack: %s', async (...example) => {
    const [name, content, archives] = example;
    const folder = join(root, 'zipped');
    mkdirSync(join(folder, 'deep'), { recursive: true });
    writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, 'readme.txt'), 'x');

    await expect(granulesBelow(folder, { finder: knowing('meta.json') })).rejects.toThrow(
      `--granules '${folder}' contains no granule, but ${archives}: unpack it`,
    );
  });

  test('[N28] are refused if one is given instead of a folder', async () => {
    const file = join(root, 'a.zip');
    writeFileSync(file, ZIP);

    await expect(granulesBelow(file, { finder })).rejects.toThrow(
      `--granules '${file}' is not a readable folder: it is a zip file: unpack it`,
    );
  });

  test('[N28] beside granules are reported, unless they are unpacked there', async () => {
    for (const name of ['data/2024/a.zip', 'data/2024/c.zip', 'data/2024/d.zip'])
      writeFileSync(join(root, name), ZIP);
    const notes: string[] = [];

    const found = await granulesBelow(root, { finder, note: (text) => notes.push(text) });

    expect(await bodiesOf(found)).toHaveLength(2);
    expect(notes).toEqual([
      `--granules '${root}' also has 2 archives, such as 'data/2024/c.zip': unpack them`,
    ]);
  });

  test('[N28] that the pipeline knows are granules', async () => {
    writeFileSync(join(root, 'data/2024/a.zip'), ZIP);
    const notes: string[] = [];

    const found = await granulesBelow(root, {
      finder: knowing('.zip'),
      note: (text) => notes.push(text),
    });

    expect(await bodiesOf(found)).toHaveLength(1);
    expect(notes).toEqual([]);
  });
});

describe('[N27] a granule whose href is a sibling of the file that the event names', () => {
  const files = (paths: readonly string[]) => {
    for (const path of paths) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), '');
    }
  };

  const sibling = (hrefOf: (key: string) => string) => ({
    pipeline: {
      parseMessage: (message: GranuleMessage) => {
        if (message.type !== 's3-object' || !message.key.endsWith('.json')) return undefined;
        return { href: hrefOf(message.key) };
      },
    },
    bucket: 'bucket',
    keyPrefix: '',
  });

  test.each([
    ['in its folder', 's3://bucket/', (key: string) => key.replace('meta.json', 'image.tif')],
    ['of its name', 's3://bucket/', (key: string) => key.replace(/json$/, 'tif')],
    [
      'in a folder beside it',
      's3://bucket/',
      (key: string) => key.replace('meta.json', 'img/x.tif'),
    ],
    ['in a folder of all', 's3://bucket/', (key: string) => `img/${key.replaceAll('/', '_')}.tif`],
    ['elsewhere', 'https://host/v1/', (key: string) => key.replace('meta.json', 'image.tif')],
    ['in another bucket', 's3://other/', (key: string) => key.replace('meta.json', 'image.tif')],
  ])('%s is found: the folder stands for the bucket', async (_, from, nameOf) => {
    const found = await granulesBelow(root, { finder: sibling((key) => from + nameOf(key)) });

    expect((await bodiesOf(found)).map(keyOf)).toEqual([
      'data/2024/a/meta.json',
      'data/2024/b/meta.json',
    ]);
    expect(found.hrefMap).toEqual({ from, to: `${root}/` });
  });

  test('is found in a folder that stands for the prefix of the pipeline, and gets the prefix of the hrefs', async () => {
    const below = sibling((key) => `s3://bucket/${key.replace('meta.json', 'image.tif')}`);
    const strict = {
      parseMessage: (message: GranuleMessage) =>
        message.type === 's3-object' && message.key.startsWith('data/')
          ? below.pipeline.parseMessage(message)
          : undefined,
    };
    const found = await granulesBelow(join(root, 'data/2024'), {
      finder: { ...below, pipeline: strict, keyPrefix: 'data/' },
      hrefPrefix: 's3://mine/x',
    });

    expect((await bodiesOf(found)).map(keyOf)).toEqual(['data/a/meta.json', 'data/b/meta.json']);
    expect(found.hrefMap).toEqual({ from: 's3://bucket/data/', to: 's3://mine/x/' });
    expect(found.sourceMap).toEqual({ from: 's3://mine/x/', to: `${join(root, 'data/2024')}/` });
  });

  test.each([
    ['s3://bucket/', 'flat'],
    ['https://host/', 'flat'],
  ])('is found in a folder without folders, under %s', async (from, name) => {
    files([`${name}/a.json`, `${name}/a.tif`, `${name}/b.json`]);

    const found = await granulesBelow(join(root, name), {
      finder: sibling((key) => from + key.replace('json', 'tif')),
    });

    expect((await bodiesOf(found)).map(keyOf)).toEqual(['a.json', 'b.json']);
    expect(found.hrefMap).toEqual({ from, to: `${join(root, name)}/` });
  });

  test.each(['image.tif', 'other.json'])(
    'keeps the name of a folder that is one granule and holds %s',
    async (name) => {
      files(['scene/meta.json', `scene/${name}`]);
      const folderOf = (key: string) => String(key.split('/').at(-2));

      const found = await granulesBelow(join(root, 'scene'), {
        finder: sibling((key) => `s3://bucket/${folderOf(key)}/image.tif`),
      });

      expect((await bodiesOf(found)).map(keyOf)).toContain('scene/meta.json');
      expect(found.hrefMap).toEqual({ from: 's3://bucket/', to: `${root}/` });
    },
  );

  test('is refused with the file and the href if they have no folder in common', async () => {
    const found = granulesBelow(root, { finder: sibling(() => 'https://host/v1/image.tif') });

    await expect(found).rejects.toThrow(
      /does not hold the granule of its file 'data\/2024\/a\/meta.json': that is https:\/\/host\/v1\/image.tif\. Arrange/,
    );
  });
});

test('any key is unchanged after it passed through an S3 event', () => {
  const [naming] = namingsOf({
    pipeline: {
      parseMessage: (message) => ({ href: message.type === 's3-object' ? message.key : '' }),
    },
    bucket: 'b',
    keyPrefix: '',
  });
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (key) => {
      expect(naming?.(key)?.href).toBe(key);
    }),
  );
});

test.each<[string, { readonly rowToMessageBody?: undefined }, string]>([
  ['parseMessage', { rowToMessageBody: undefined }, 's3://bucket/x/y: '],
  ['rowToMessageBody', {}, "rowToMessageBody of 'x/y': "],
])('[N22] x.a.b in %s names the file and the place', (_, change, subject) => {
  const careless = codeAt<() => never>('pipelines/x/app.ts', '() => {\n  return ({}).a.b;\n}');
  const [naming] = namingsOf({
    ...finder,
    pipeline: { parseMessage: careless },
    rowToMessageBody: careless,
    ...change,
  });

  expect(() => naming?.('x/y')).toThrow(subject);
  expect(() => naming?.('x/y')).toThrow(/ at pipelines\/x\/app\.ts:2:\d+$/);
});
