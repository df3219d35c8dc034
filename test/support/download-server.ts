import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { httpServer, type SeenRequest } from './http-server.js';

/** What becomes of one request: `after` bytes, its body breaks off or stalls. */
export interface Turn {
  readonly content: Buffer;
  readonly after?: number;
  readonly end?: 'break' | 'stall' | 'ok';
  /** Whether the server knows Range. @default true */
  readonly ranges?: boolean;
  readonly etag?: string;
}

/** A server for every path, as S3 with path style or as a web server; the last turn answers all further requests. */
export async function downloadServer(...turns: readonly Turn[]) {
  const open = new Set<ServerResponse>();
  let count = 0;
  const server = await httpServer((request, response) => {
    const turn = turns[Math.min(count, turns.length - 1)];
    count += 1;
    open.add(response);
    response.on('close', () => open.delete(response));
    if (turn !== undefined) answer(turn, request, response);
  });
  return {
    url: server.url,
    close: server.close,
    /** The headers by which the requests asked for a rest. */
    asked: () =>
      server.seen.map(({ headers }) => [headers.range, headers['if-match'] ?? headers['if-range']]),
    seen: server.seen,
    unfinished: () => open.size,
  };
}

function answer(turn: Turn, { headers }: SeenRequest, response: ServerResponse): void {
  const { content, end = 'ok', ranges = true } = turn;
  const etag = turn.etag ?? `"${createHash('md5').update(content).digest('hex')}"`;
  if (headers['if-match'] !== undefined && headers['if-match'] !== etag) {
    response.writeHead(412).end();
    return;
  }
  const isSame = (headers['if-range'] ?? etag) === etag;
  const [, from] = /^bytes=(\d+)-$/.exec(ranges && isSame ? (headers.range ?? '') : '') ?? [];
  const offset = Number(from ?? 0);
  const body = content.subarray(offset);
  response.writeHead(from === undefined ? 200 : 206, {
    etag,
    'content-length': String(body.length),
    ...(from !== undefined && {
      'content-range': `bytes ${from}-${String(content.length - 1)}/${String(content.length)}`,
    }),
  });
  if (end === 'ok') response.end(body);
  else {
    response.write(body.subarray(0, turn.after));
    // The client has to have taken the bytes: it drops those that it has not when the connection ends.
    if (end === 'break') setTimeout(() => response.destroy(), 200);
  }
}
