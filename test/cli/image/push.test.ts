import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { ImageLayout } from '../../../cli/image/layout.js';
import { pushImage } from '../../../cli/image/push.js';
import { systemClock } from '../../../lambdas/runtime/clock.js';
import { rejection } from '../../support/rejection.js';
import {
  PASSWORD,
  RegistryServer,
  USERNAME,
  type RegistryOptions,
} from '../../support/registry/server.js';
import { smallImage } from '../../support/registry/small-image.js';
import { serverPerTest } from '../../support/test-server.js';

const TAG = 'waves-0123456789abcdef';
const folder = mkdtempSync(join(tmpdir(), 'push-'));
const image = await smallImage(folder, ['the base', 'the packages']);
const CONTENT = [...image.layers, image.config].map(({ digest }) => digest);
const open: RegistryServer[] = [];
const start = serverPerTest();

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function registry(options?: RegistryOptions): Promise<RegistryServer> {
  const server = await RegistryServer.start(options);
  open.push(server);
  return server;
}

const QUICK = {
  limits: { connectMs: 10_000, idleMs: 700, timeoutMs: 10_000 },
  clock: { ...systemClock, sleep: () => Promise.resolve() },
};

/** Returns what was printed. */
async function push(
  { url }: { readonly url: string },
  { pushed = image, password = PASSWORD }: { pushed?: ImageLayout; password?: string } = {},
): Promise<readonly string[]> {
  const printed: string[] = [];
  await pushImage({
    id: 'waves',
    tag: TAG,
    image: pushed,
    registry: { url, username: USERNAME, password },
    print: (sentence) => printed.push(sentence),
    timeouts: QUICK,
  });
  return printed;
}

const UPLOAD = ['POST blobs/uploads/', 'PATCH blobs/uploads/*', 'PUT blobs/uploads/*'];

describe('a push', () => {
  test.each<RegistryOptions>([
    { locations: 'relative' },
    { locations: 'absolute' },
    { needsToken: true },
  ])('sends the layers, the configuration, and the manifest last (%j)', async (options) => {
    const server = await registry(options);

    const printed = await push(server);

    expect([...server.blobs.keys()]).toEqual(CONTENT);
    const manifest = JSON.parse(server.manifests.get(TAG)?.toString() ?? '') as unknown;
    expect(manifest).toMatchObject({ schemaVersion: 2, config: image.config });
    expect(server.requests.at(-1)).toBe(`PUT manifests/${TAG}`);
    expect(printed.at(-1)).toBe(`waves: pushed ${server.url}:${TAG}`);
  });

  test('sends nothing that the registry has', async () => {
    const server = await registry();
    await push(server, { pushed: await smallImage(folder, ['the base'], '{"other":1}') });
    server.manifests.clear();
    server.requests.splice(0);

    await push(server);

    const [base, packages, config] = CONTENT.map((digest) => `HEAD blobs/${digest}`);
    const tag = `manifests/${TAG}`;
    expect(server.requests).toEqual(
      [`GET ${tag}`, base, packages, UPLOAD, config, UPLOAD, `PUT ${tag}`].flat(),
    );
  });

  test('does nothing if the tag is there with the same content', async () => {
    const server = await registry();
    await push(server);
    server.requests.splice(0);

    expect(await push(server)).toEqual([`waves: ${server.url}:${TAG} is there already`]);
    expect(server.requests).toEqual([`GET manifests/${TAG}`]);
  });

  test('never moves a tag', async () => {
    const server = await registry();
    await push(server, { pushed: await smallImage(folder, ['other']) });
    const before = server.manifests.get(TAG);
    const config = '{"other":1}';
    const other = await smallImage(folder, ['the base'], config);

    expect(await rejection(push(server, { pushed: other }))).toMatchObject({
      message: `${server.url}:${TAG} is there already with other content: the tag stands for the inputs of the image, so deploy the image that is there, or delete it from the registry and push again`,
    });
    expect(server.manifests.get(TAG)).toBe(before);
    expect(server.blobs.size).toBe(2);
  });

  test.each([
    ['the same image', '{}', undefined],
    ['another image', '{"other":1}', /is there already with other content/],
  ])(
    'that comes second, after %s, ends as if it had come later',
    async (_which, config, refused) => {
      const server = await registry();
      const first = await smallImage(folder, ['the base', 'the packages'], config);
      let isPushed = false;
      server.faultOf = (request) => {
        // Between the look at the tag and the end of the push.
        if (request === `GET manifests/${TAG}` && !isPushed) {
          isPushed = true;
          return { status: 404 };
        }
        return undefined;
      };
      await push(server, { pushed: first });
      isPushed = false;

      const second = push(server);

      if (refused === undefined)
        expect(await second).toContain(`waves: pushed ${server.url}:${TAG}`);
      else await expect(second).rejects.toThrow(refused);
      expect(server.requests.at(-1)).toBe(`GET manifests/${TAG}`);
    },
  );
});

describe('a registry that fails', () => {
  test.each([
    ['is busy', { status: 503 }],
    ['has too many requests', { status: 429 }],
    ['loses the connection', 'cut'],
    ['hangs', 'hang'],
  ] as const)('and %s is tried again, each upload from its start', async (_how, fault) => {
    const server = await registry();
    const tag = `manifests/${TAG}`;
    const failing = new Set([`GET ${tag}`, 'PATCH blobs/uploads/*', `PUT ${tag}`]);
    server.faultOf = (request) => (failing.delete(request) ? fault : undefined);

    await push(server);

    expect([...server.blobs.keys()]).toEqual(CONTENT);
    expect(server.manifests.has(TAG)).toBe(true);
    expect(failing.size).toBe(0);
  });

  test.each([
    [
      'is down',
      { status: 500, code: 'UNKNOWN', message: 'try later' },
      'the image cannot be pushed: URL answered with HTTP status 500, UNKNOWN try later',
    ],
    ['hangs', 'hang', 'ORIGIN cannot be reached: no byte for 700 ms'],
  ] as const)('for good, because it %s, is tried three times', async (_how, fault, sentence) => {
    const server = await registry();
    const [first = ''] = UPLOAD;
    server.faultOf = (request) => (request === first ? fault : undefined);

    expect(await rejection(push(server))).toMatchObject({
      message: sentence.replace('URL', server.url).replace('ORIGIN', server.origin),
    });
    expect(server.requests.filter((request) => request === first)).toHaveLength(3);
  });

  test('because nothing listens there is named', async () => {
    const server = await RegistryServer.start();
    const { url, origin } = server;
    await server.close();

    await expect(push({ url })).rejects.toThrow(
      `${origin} cannot be reached: connect ECONNREFUSED`,
    );
  });

  test('because it has no such repository says so', async () => {
    const server = await registry();
    server.faultOf = (request) =>
      request.startsWith('POST') ? { status: 404, code: 'NAME_UNKNOWN' } : undefined;

    expect(await rejection(push(server))).toMatchObject({
      message: `the image cannot be pushed: there is no repository ${server.url}: create it first`,
    });
  });

  test('because it is none says so', async () => {
    const server = await registry();
    server.faultOf = (request) => (request.startsWith('POST') ? { status: 202 } : undefined);

    await expect(push(server)).rejects.toThrow(
      'the image cannot be pushed: the registry gave no location for a layer: is it a registry?',
    );
  });
});

describe('credentials', () => {
  test.each([false, true])('that are wrong are refused (with a token: %s)', async (needsToken) => {
    const server = await registry({ needsToken });
    const message = needsToken ? 'no such user' : 'authentication required';

    expect(await rejection(push(server, { password: 'wrong' }))).toMatchObject({
      message: `the tag ${TAG} cannot be looked up: ${server.url} refuses the user AWS (HTTP status 401, UNAUTHORIZED ${message}): check that your credentials are valid and may push`,
    });
  });

  test('that may not push are refused once', async () => {
    const server = await registry();
    server.faultOf = (request) =>
      request.startsWith('POST')
        ? { status: 403, code: 'DENIED', message: 'may only pull' }
        : undefined;

    expect(await rejection(push(server))).toMatchObject({
      message: `the image cannot be pushed: ${server.url} refuses the user AWS (HTTP status 403, DENIED may only pull): check that your credentials are valid and may push`,
    });
    expect(server.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });

  test('do not go to another server, on which a registry keeps its layers', async () => {
    const keeper = await start(({ method }, response) => {
      response.writeHead(method === 'PUT' ? 201 : 202).end();
    });
    const server = await registry();
    server.faultOf = (request) =>
      request.startsWith('POST') ? { status: 202, location: `${keeper.url}/layer` } : undefined;

    // The registry itself has got no layer.
    await expect(push(server)).rejects.toThrow('MANIFEST_BLOB_UNKNOWN');
    const sent = keeper.seen.map(({ method, headers }) => [method, headers.authorization]);
    expect(sent.slice(0, 2)).toEqual([
      ['PATCH', undefined],
      ['PUT', undefined],
    ]);
  });
});

test('the address of a repository that is none is refused', async () => {
  await expect(push({ url: 'images' })).rejects.toThrow(
    'a repository must be host/path, such as registry.example.com/demo (given "images")',
  );
});
