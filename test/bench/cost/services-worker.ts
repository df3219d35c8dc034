import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceCounts, ServiceSettings, ServicesReady } from './services.js';

// Its own process, which is not limited: S3, the ingestor, and what the app function needs for its first token.
const settings = JSON.parse(process.argv[2] ?? '') as ServiceSettings;
const { folders, s3Ms, ingestorMs } = settings;

const counts = { s3: 0, posts: 0 };
const files = new Map<string, Buffer>();

const server = createServer((request, response) => {
  void answer(request, response);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}` } satisfies ServicesReady);
});
process.on('message', () => process.send?.(counts satisfies ServiceCounts));
process.on('disconnect', () => process.exit());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  const { url = '', headers } = request;
  const target = headers['x-amz-target'];
  if (url.startsWith('/sentinel-s1-l1c/')) {
    counts.s3 += 1;
    await sleep(s3Ms);
    sendObject(request, response);
  } else if (url.startsWith('/api/')) {
    if (!body.includes('"Feature"')) return void response.writeHead(400).end('not an Item');
    counts.posts += 1;
    await sleep(ingestorMs);
    response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
  } else if (url.startsWith('/oauth2/')) {
    sendJson(response, { access_token: 'a', expires_in: 3600, token_type: 'Bearer' });
  } else if (target === 'secretsmanager.GetSecretValue') {
    const cognito_domain = `http://${String(headers.host)}`;
    const secret = { cognito_domain, client_id: 'i', client_secret: 's', scope: 'w' };
    sendJson(response, { SecretString: JSON.stringify(secret) });
  } else if (String(target).startsWith('DynamoDB_')) sendJson(response, {});
  // A record that fails is an error of the bench, so no queue is needed.
  else response.writeHead(501).end();
}

function sendObject({ url = '', method, headers }: IncomingMessage, response: ServerResponse) {
  const content = tryRead(decodeURIComponent(url.split('?')[0] ?? ''));
  if (content === undefined) return void response.writeHead(404).end();
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
  const [, from = '0', to = String(content.length - 1)] = range ?? [];
  const part = content.subarray(Number(from), Number(to) + 1);
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-length': part.length,
    ...(range && { 'content-range': `bytes ${from}-${to}/${content.length}` }),
    etag: '"e"',
  });
  response.end(method === 'HEAD' ? undefined : part);
}

/** The folders of granules that differ in the data take's id only hold the same files. */
function tryRead(path: string): Buffer | undefined {
  const [, product = '', name = ''] = /\/(S1\w+)\/(.+)$/.exec(path) ?? [];
  const folder = folders[withoutDataTake(product)];
  if (folder === undefined) return undefined;
  const file = join(folder, name);
  try {
    const content = files.get(file) ?? readFileSync(file);
    files.set(file, content);
    return content;
  } catch {
    return undefined;
  }
}

function withoutDataTake(product: string): string {
  return product.replace(/_[0-9A-F]{6}(?=_[0-9A-F]{4}$)/, '');
}

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
