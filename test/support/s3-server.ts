import type { ServerResponse } from 'node:http';
import { httpServer } from './http-server.js';

/** What the server does with a GET of a key: the first entries for the first requests, the last one for all others. */
export type Behaviour = 'hang' | 'stall' | 'break' | 'ok';

export const CONTENT = 'the content of an object';

const ANSWERS: Readonly<Record<Behaviour, (response: ServerResponse) => void>> = {
  hang: () => undefined,
  stall: (response) => {
    response.writeHead(200, { 'content-length': String(CONTENT.length) });
    response.write(CONTENT.slice(0, 10));
  },
  break: (response) => {
    response.writeHead(200, { 'content-length': String(CONTENT.length) });
    response.write(CONTENT.slice(0, 10), () => response.destroy());
  },
  ok: (response) => {
    response.writeHead(200, { 'content-length': String(CONTENT.length), etag: '"e"' });
    response.end(CONTENT);
  },
};

/** A server that answers GETs of keys, as S3 with path style or as a web server. Other keys are `ok`. */
export async function s3Server(keys: Readonly<Record<string, readonly Behaviour[]>> = {}) {
  const requests = new Map<string, number>();
  const open = new Set<ServerResponse>();
  const server = await httpServer(({ url }, response) => {
    const key = new URL(url, 'http://x').pathname.split('/').at(-1) ?? '';
    const turn = requests.get(key) ?? 0;
    requests.set(key, turn + 1);
    const turns = keys[key] ?? ['ok'];
    open.add(response);
    response.on('close', () => open.delete(response));
    ANSWERS[turns[Math.min(turn, turns.length - 1)] ?? 'ok'](response);
  });
  return {
    url: server.url,
    close: server.close,
    /** Requests for a key so far. */
    count: (key: string) => requests.get(key) ?? 0,
    /** Requests whose connection is open and that have not been answered completely. */
    unfinished: () => open.size,
  };
}

/** The configuration of a client of the server. */
export function s3ClientConfig(endpoint: string) {
  return {
    endpoint,
    forcePathStyle: true,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  };
}
