import { z } from 'zod';

type Env = Readonly<Record<string, string | undefined>>;

export interface GithubClient {
  /** The answer to one request. Throws GithubError. */
  send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<unknown>;
  /** All pages of a list. Throws GithubError. */
  list(path: string): Promise<unknown[]>;
}

/** Thrown when GitHub's API refuses a request or is not reached. Never carries the token. */
export class GithubError extends Error {
  override readonly name = 'GithubError';
}

const PER_PAGE = 100;
const TIMEOUT_MS = 30_000;

/** Of the repository in which a workflow runs, by the variables that it sets and GITHUB_TOKEN. Throws GithubError. */
export function githubClient(env: Env): GithubClient {
  const settings = Settings.safeParse(env);
  if (!settings.success) {
    const missing = settings.error.issues.map(({ path }) => path.join('.'));
    throw new GithubError(`${missing.join(' and ')} not set: a workflow of GitHub has them`);
  }
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token } = settings.data;
  const send: GithubClient['send'] = async (method, path, body) => {
    const url = `${api}/repos/${repository}/${path}`;
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new GithubError(`${method} ${url} was not answered: ${String(cause)}`, { cause });
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as unknown;
    throw new GithubError(
      `${method} ${url} was answered with ${response.status}: ${text.slice(0, 300)}`,
    );
  };
  return { send, list: (path) => allPages(path, send) };
}

const Settings = z.object({
  GITHUB_API_URL: z.string().default('https://api.github.com'),
  GITHUB_REPOSITORY: z.string().min(1),
  GITHUB_TOKEN: z.string().min(1),
});

async function allPages(path: string, send: GithubClient['send']): Promise<unknown[]> {
  const all: unknown[] = [];
  const joint = path.includes('?') ? '&' : '?';
  for (let page = 1; ; page++) {
    const answer = await send('GET', `${path}${joint}per_page=${PER_PAGE}&page=${page}`);
    const entries = z.array(z.unknown()).parse(answer);
    all.push(...entries);
    if (entries.length < PER_PAGE) return all;
  }
}
