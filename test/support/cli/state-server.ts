import type { ServerResponse } from 'node:http';
import { httpServer, type SeenRequest } from '../http-server.js';

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>test</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

export interface OtherAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly body: string;
}

/**
 * Stands in for S3 and STS, as far as Terraform's backend calls them: objects by path, such as /bucket/key.
 *
 * @param others answers requests to other services; undefined for one that is not theirs
 */
export async function stateServer(
  others: (request: SeenRequest) => OtherAnswer | undefined = () => undefined,
) {
  const objects = new Map<string, string>();
  const server = await httpServer((request, response) => {
    const other = others(request);
    if (other === undefined) answer(request, response, objects);
    else send(response, other.status ?? 200, other.body);
  });
  return { url: server.url, objects, close: server.close };
}

const NO_SUCH_KEY =
  '<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>';

function answer(
  { method, url, body }: SeenRequest,
  response: ServerResponse,
  objects: Map<string, string>,
): void {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  if (method === 'POST') send(response, 200, IDENTITY);
  else if (searchParams.has('list-type')) {
    send(response, 200, listingOf([...objects.keys()], pathname, searchParams.get('prefix') ?? ''));
  } else if (method === 'PUT') {
    objects.set(pathname, body);
    send(response, 200);
  } else if (method === 'DELETE') {
    objects.delete(pathname);
    send(response, 204);
  } else {
    const object = objects.get(pathname);
    send(response, object === undefined ? 404 : 200, object ?? NO_SUCH_KEY);
  }
}

function listingOf(paths: readonly string[], bucket: string, prefix: string): string {
  const folder = `${bucket.replace(/\/$/, '')}/`;
  const keys = paths
    .filter((path) => path.startsWith(folder + prefix))
    .map((path) => path.slice(folder.length));
  const entries = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  return `<ListBucketResult><IsTruncated>false</IsTruncated>${entries}</ListBucketResult>`;
}

function send(response: ServerResponse, status: number, body = ''): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
