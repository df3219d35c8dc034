import { readdir, readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

/** Bucket name to the folder that stands in for it. */
export type Buckets = Readonly<Record<string, string>>;

/** S3's GetObject (ranges, If-Match) and the folders of ListObjectsV2, path style, over folders on disk. */
export async function answerObjects(
  request: IncomingMessage,
  response: ServerResponse,
  buckets: Buckets,
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://127.0.0.1');
  const [, bucket = '', ...segments] = decodeURIComponent(url.pathname).split('/');
  const folder = buckets[bucket];
  if (folder === undefined) {
    fail(response, 404, 'NoSuchBucket');
    return;
  }
  const prefix = url.searchParams.get('prefix');
  if (prefix !== null) await listFolders(response, join(folder, prefix), prefix);
  else await sendObject(request, response, join(folder, ...segments));
}

async function listFolders(response: ServerResponse, path: string, prefix: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `<CommonPrefixes><Prefix>${prefix}${name}/</Prefix></CommonPrefixes>`);
  response.setHeader('content-type', 'application/xml');
  response.end(
    `<ListBucketResult><IsTruncated>false</IsTruncated>${folders.join('')}</ListBucketResult>`,
  );
}

async function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const file = await stat(path).catch(() => undefined);
  const content = file?.isFile() === true ? await readFile(path).catch(() => undefined) : undefined;
  if (file === undefined || content === undefined) {
    fail(response, 404, 'NoSuchKey');
    return;
  }
  const eTag = `"${file.size}-${file.mtimeMs}"`;
  const [, first = '0', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  const bytes = content.subarray(Number(first), last === '' ? file.size : Number(last) + 1);
  if ((request.headers['if-match'] ?? eTag) !== eTag) fail(response, 412, 'PreconditionFailed');
  else if (bytes.length === 0) fail(response, 416, 'InvalidRange');
  else {
    const range = `bytes ${first}-${Number(first) + bytes.length - 1}/${file.size}`;
    const isPart = request.headers.range !== undefined;
    response.writeHead(isPart ? 206 : 200, {
      etag: eTag,
      'content-length': bytes.length,
      ...(isPart && { 'content-range': range }),
      'last-modified': file.mtime.toUTCString(),
    });
    response.end(bytes);
  }
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
