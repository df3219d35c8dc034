import type { ServerResponse } from 'node:http';
import { httpServer, type SeenRequest } from '../http-server.js';

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>test</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** Stands in for S3 and STS, as far as Terraform's backend calls them: objects by path, such as /bucket/key. */
export async function stateServer() {
  const objects = new Map<string, string>();
  const server = await httpServer((request, response) => {
    answer(request, response, objects);
  });
  return { url: server.url, objects, close: server.close };
}

function answer(
  { method, url, body }: SeenRequest,
  response: ServerResponse,
  objects: Map<string, string>,
): void {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  if (method === 'POST') send(response, 200, IDENTITY);
  else if (searchParams.has('list-type')) {
    send(response, 200, '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
  } else if (method === 'PUT') {
    objects.set(pathname, body);
    send(response, 200);
  } else if (method === 'DELETE') {
    objects.delete(pathname);
    send(response, 204);
  } else {
    const object = objects.get(pathname);
    send(response, object === undefined ? 404 : 200, object);
  }
}

function send(response: ServerResponse, status: number, body = ''): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
