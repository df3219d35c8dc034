import { type SeenRequest, httpServer, json } from '../../support/http-server.js';

export interface Entry {
  readonly id: number;
  readonly number: number;
  readonly body: string;
  readonly title?: string;
  readonly state?: string;
  readonly user: { readonly type: string };
  readonly pull_request?: object;
}

/** A server with the routes of GitHub's API that reports use, and lists in memory. */
export interface GithubServer {
  /** Environment of a process that is to use this server. */
  readonly env: Readonly<Record<string, string>>;
  readonly comments: Entry[];
  readonly issues: Entry[];
  /** Pull requests of every commit. */
  readonly pulls: object[];
  /** Method and path of every request. */
  requests(): string[];
  /** Makes every later response have this status. */
  refuse(status: number): void;
  close(): Promise<void>;
}

export async function startGithubServer(): Promise<GithubServer> {
  const [comments, issues]: [Entry[], Entry[]] = [[], []];
  const pulls: object[] = [];
  let refused: number | undefined;
  const { url, seen, close } = await httpServer((request, response) => {
    const entries = request.url.includes('comments') ? comments : issues;
    const found = request.url.includes('/pulls') ? pulls : bodyFor(request, entries);
    const body = refused === undefined ? found : REFUSAL;
    json(refused ?? 200, body)(request, response);
  });
  return {
    env: { GITHUB_REPOSITORY: 'octo-org/octo-repo', GITHUB_TOKEN: 'token', GITHUB_API_URL: url },
    comments,
    issues,
    pulls,
    close,
    requests: () => seen.map(({ method, url: path }) => `${method} ${path}`),
    refuse: (status) => {
      refused = status;
    },
  };
}

const REFUSAL = { message: 'not allowed' };

function bodyFor({ method, url, body }: SeenRequest, entries: Entry[]): unknown {
  if (method === 'GET') return pageOf(entries, url);
  const given = JSON.parse(body) as Partial<Entry>;
  if (method === 'POST') return entries.push(entryOf(entries.length + 1, given));
  const at = entries.findIndex(({ id }) => url.endsWith(`/${id}`));
  return entries.splice(at, 1, { ...entryOf(0, {}), ...entries[at], ...given });
}

export function entryOf(id: number, given: Partial<Entry>, type = 'Bot'): Entry {
  return { id, number: id, body: '', user: { type }, ...given };
}

function pageOf(entries: readonly Entry[], url: string): Entry[] {
  const query = new URL(url, 'http://localhost').searchParams;
  const [page, size] = [Number(query.get('page')), Number(query.get('per_page'))];
  const open = entries.filter(({ state }) => state !== 'closed');
  return open.slice((page - 1) * size, page * size);
}
