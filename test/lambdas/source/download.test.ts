import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { S3_REQUESTS } from '../../../lambdas/runtime/aws-requests.js';
import type { ReadError } from '../../../lambdas/runtime/errors.js';
import { hrefSource, mappedSource } from '../../../lambdas/source/href.js';
import { S3Source } from '../../../lambdas/source/s3.js';
import { MAX_READ_BYTES, type AbortableSource } from '../../../lambdas/source/source.js';
import { downloadServer, type Turn } from '../../support/download-server.js';
import { httpServer, type Answer } from '../../support/http-server.js';
import { rejection } from '../../support/rejection.js';
import { s3ClientConfig } from '../../support/s3-server.js';

let folder = '';
const servers: { close: () => Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'download-'));
});

afterEach(async () => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
  for (const server of servers.splice(0)) await server.close();
});

const CONTENT = Buffer.from('the content of an object');
const other = (text: string): Turn => ({ content: Buffer.from(text) });
const broken: Turn = { content: CONTENT, after: 10, end: 'break' };
const whole: Turn = { content: CONTENT };

type Kind = 's3' | 'https';
const KINDS: readonly Kind[] = ['s3', 'https'];

function sourceOf(kind: Kind, url: string, requesterPays = false) {
  const client = new S3Client({ ...s3ClientConfig(url), requestHandler: S3_REQUESTS });
  const source: AbortableSource =
    kind === 's3' ? new S3Source({ requesterPays }, client) : hrefSource({ requesterPays });
  return { source, href: kind === 's3' ? 's3://bucket/a/b.nc' : `${url}/a/b.nc` };
}

async function serve(...turns: readonly Turn[]) {
  const server = await downloadServer(...turns);
  servers.push(server);
  return server;
}

/** All files below the folder of the test, also those that begin with a dot. */
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
const thrown = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error: unknown) => error as ReadError,
  );
const target = () => join(folder, 'in', 'a', 'b.nc');

describe.each(KINDS)('a download by %s', (kind) => {
  test('creates the folders and writes the object, also if it is too large for a read', async () => {
    const content = Buffer.alloc(MAX_READ_BYTES + 1_000, 'x');
    content.write('the end', content.length - 7);
    const { url } = await serve({ content });
    const { source, href } = sourceOf(kind, url);

    await source.download(href, target());

    expect(statSync(target()).size).toBe(content.length);
    expect(readFileSync(target()).equals(content)).toBe(true);
    expect(files()).toEqual(['b.nc']);
    expect((await rejection(source.read(href))).message).toContain('67108864');
  }, 30_000);

  test('of an empty object writes an empty file, and replaces the file that was there', async () => {
    const { url } = await serve(other(''));
    const { source, href } = sourceOf(kind, url);
    const path = join(folder, 'b.nc');
    writeFileSync(path, 'the one before');

    await source.download(href, path);

    expect(statSync(path).size).toBe(0);
  });

  test('that breaks off continues where it ended, if the object is still the same', async () => {
    const { url, asked } = await serve(broken, { ...broken, after: 5 }, whole);
    const { source, href } = sourceOf(kind, url);

    await source.download(href, target());

    expect(readFileSync(target(), 'utf8')).toBe(CONTENT.toString());
    const etag = expect.stringMatching(/^"\w{32}"$/) as unknown;
    expect(asked()).toEqual([
      [undefined, undefined],
      ['bytes=10-', etag],
      ['bytes=15-', etag],
    ]);
  });

  test.each<[string, Turn, readonly Turn[]]>([
    ['was replaced meanwhile', broken, [other('a shorter one')]],
    ['comes from a server without ranges', broken, [{ ...whole, ranges: false }]],
    ['has only a weak ETag', { ...broken, etag: 'W/"a"' }, [{ ...whole, etag: 'W/"a"' }]],
  ])('that breaks off holds no bytes of two versions if the object %s', async (_, first, then) => {
    const { url } = await serve(first, ...then);
    const { source, href } = sourceOf(kind, url);

    await source.download(href, target());

    expect(readFileSync(target(), 'utf8')).toBe(String(then.at(-1)?.content));
  });

  test('that stalls continues after the idle limit', async () => {
    const { url, asked } = await serve({ content: CONTENT, after: 10, end: 'stall' }, whole);
    const { source, href } = sourceOf(kind, url);

    await source.download(href, target());

    expect(readFileSync(target(), 'utf8')).toBe(CONTENT.toString());
    expect(asked()).toHaveLength(2);
  }, 15_000);

  test('that breaks off each time is transient, and leaves the file that was there', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const { url, asked } = await serve({ content: CONTENT, after: 1, end: 'break' });
    const { source, href } = sourceOf(kind, url);
    const path = join(folder, 'b.nc');
    writeFileSync(path, 'the one before');

    await expect(source.download(href, path)).rejects.toMatchObject({
      name: 'ReadError',
      kind: 'transient',
      href,
      message: expect.stringMatching(/^\S+: cannot be read: .*\w/) as unknown,
    });

    expect(asked()).toHaveLength(5);
    expect(readFileSync(path, 'utf8')).toBe('the one before');
    expect(files()).toEqual(['b.nc']);
  });

  test('that is given up frees its socket, leaves nothing and is not tried again', async () => {
    const { url, asked, unfinished } = await serve({ content: CONTENT, after: 10, end: 'stall' });
    const { source, href } = sourceOf(kind, url);
    const given = new AbortController();
    const failure = rejection(source.download(href, target(), given.signal));
    while (files().length === 0 || asked().length === 0) await sleep(5);
    await sleep(50);

    given.abort();

    expect(await failure).toMatchObject({ name: 'ReadError', kind: 'transient' });
    expect((await failure).message).toContain('the read was given up');
    expect(files()).toEqual([]);
    while (unfinished() > 0) await sleep(5);
    expect(asked()).toHaveLength(1);
  });

  test('that is given up before it began sends nothing and creates nothing', async () => {
    const { url, asked } = await serve(whole);
    const { source, href } = sourceOf(kind, url);

    await expect(source.download(href, target(), AbortSignal.abort())).rejects.toThrow('given up');

    expect([asked(), readdirSync(folder)]).toEqual([[], []]);
  });

  test.each([
    [404, '<Error><Code>NoSuchKey</Code><Message>no key</Message></Error>', 'permanent'],
    [403, '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>', 'transient'],
    [403, '<Error><Code>InvalidObjectState</Code><Message>cold</Message></Error>', 'permanent'],
  ] as const)(
    'that is refused with %i fails as the read does',
    async (status, document, expected) => {
      const refuse: Answer = (_, response) => {
        response.writeHead(status, { 'content-type': 'application/xml' }).end(document);
      };
      jest.spyOn(Math, 'random').mockReturnValue(0);
      const server = await httpServer(refuse);
      servers.push(server);
      const { source, href } = sourceOf(kind, server.url);

      const read = await thrown(source.read(href));
      const download = await thrown(source.download(href, target()));

      expect(download).toMatchObject({ name: 'ReadError', kind: expected, href });
      expect([download.message, download.missing]).toEqual([read.message, read.missing]);
      expect(files()).toEqual([]);
    },
  );

  test('onto a full disk is transient, names scratch_mb and leaves nothing', async () => {
    const handle = await open(join(folder, 'any'), 'w');
    const prototype = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    jest
      .spyOn(prototype, 'write')
      .mockImplementation(() =>
        Promise.reject(
          Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
        ),
      );
    const { url, asked } = await serve(whole);
    const { source, href } = sourceOf(kind, url);

    await expect(source.download(href, target())).rejects.toMatchObject({
      name: 'ReadError',
      kind: 'transient',
      message: `${href}: cannot be written to ${target()}: no space is left on the disk after 0 bytes (ENOSPC): increase scratch_mb, or free space if this is not a function`,
    });
    expect(asked()).toHaveLength(1);
    expect(files()).toEqual(['any']);
  });

  test('to a name that no disk can hold is permanent', async () => {
    const { url } = await serve(whole);
    const { source, href } = sourceOf(kind, url);

    await expect(source.download(href, join(folder, 'x'.repeat(300)))).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('ENAMETOOLONG') as unknown,
    });
    expect(files()).toEqual([]);
  });
});

test('a download from S3 says that its sender pays', async () => {
  const { url, seen } = await serve(whole);
  const { source, href } = sourceOf('s3', url, true);

  await source.download(href, target());

  expect(seen[0]?.headers['x-amz-request-payer']).toBe('requester');
});

test('a download by http follows redirects', async () => {
  const { url } = await serve(whole);
  const from = await httpServer((_, response) => {
    response.writeHead(302, { location: `${url}/real` }).end('moved');
  });
  servers.push(from);

  await hrefSource({ requesterPays: false }).download(`${from.url}/x`, target());

  expect(readFileSync(target(), 'utf8')).toBe(CONTENT.toString());
});

describe('a download from disk', () => {
  const source = hrefSource({ requesterPays: false });

  test('copies the file of a path and of a file:// URL', async () => {
    writeFileSync(join(folder, 'a b'), CONTENT);

    await source.download(join(folder, 'a b'), join(folder, 'one'));
    await source.download(`file://${folder}/a%20b`, join(folder, 'two'));

    expect(readFileSync(join(folder, 'one'), 'utf8')).toBe(CONTENT.toString());
    expect(readFileSync(join(folder, 'two'), 'utf8')).toBe(CONTENT.toString());
  });

  test('copies a file that is too large to be copied at once', async () => {
    const large = Buffer.alloc(2 ** 20 + 1, 'x');
    writeFileSync(join(folder, 'large'), large);

    await source.download(join(folder, 'large'), join(folder, 'copy/of it'));

    expect(readFileSync(join(folder, 'copy/of it')).equals(large)).toBe(true);
  });

  test('onto a name that no disk can hold is permanent', async () => {
    writeFileSync(join(folder, 'x.nc'), CONTENT);

    const target = join(folder, 'y'.repeat(300));
    await expect(source.download(join(folder, 'x.nc'), target)).rejects.toMatchObject({
      name: 'ReadError',
      kind: 'permanent',
      message: expect.stringContaining('ENAMETOOLONG') as unknown,
    });
    expect(files()).toEqual(['x.nc']);
  });

  test.each(['missing', '.'])('fails as the read does (%s)', async (name) => {
    const href = join(folder, name);

    const read = await thrown(source.read(href));
    const download = await thrown(source.download(href, target()));

    expect(download).toMatchObject({ name: 'ReadError', kind: 'permanent' });
    expect([download.message, download.missing]).toEqual([read.message, name === 'missing']);
    expect(files()).toEqual([]);
  });

  test('goes through a mapped source', async () => {
    writeFileSync(join(folder, 'x.nc'), CONTENT);

    await mappedSource(source, { from: 's3://bucket', to: folder }).download(
      's3://bucket/x.nc',
      target(),
    );

    expect(readFileSync(target(), 'utf8')).toBe(CONTENT.toString());
  });

  test('refuses any other href as the read does', async () => {
    const { message } = await rejection(source.read('gs://bucket/key'));

    await expect(source.download('gs://bucket/key', target())).rejects.toThrow(message);
  });
});
