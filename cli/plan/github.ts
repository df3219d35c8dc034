import { z } from 'zod';
import { CommandError } from '../shared/command.js';

/** First line of our comment and issue, invisible to readers, by which a later run finds them. */
export const MARK = '<!-- stac-pipelines: plan -->';
/** The mark of one of several projects, each of which has a comment of its own. */
export function markOf(project: string | undefined): string {
  return project === undefined ? MARK : `<!-- stac-pipelines: plan ${project} -->`;
}

/** The same for the issue about what is missing in the catalogue. */
export function reconcileMarkOf(project: string | undefined): string {
  return `<!-- stac-pipelines: reconcile ${project === undefined ? '' : `${project} `}-->`;
}

/** The project of a text that begins with the mark of one. */
export function markedProject(text: string): string | undefined {
  return /^<!-- stac-pipelines: plan ([a-z0-9-]+) -->/.exec(text)?.[1];
}

const Comment = z.object({
  id: z.number(),
  body: z.string().nullish(),
  user: z.object({ type: z.string() }).nullish(),
});
const Issue = Comment.extend({ number: z.number(), pull_request: z.unknown().optional() });

/** Creates or updates our comment on a pull request. Throws GithubError. */
export async function writeComment(
  github: GithubClient,
  pullRequest: number,
  body: string,
): Promise<void> {
  const comments = z.array(Comment).parse(await github.list(`issues/${pullRequest}/comments`));
  const mark = markOf(markedProject(body));
  const ours = comments.find((comment) => isOurs(comment, mark));
  if (ours === undefined) await github.send('POST', `issues/${pullRequest}/comments`, { body });
  else await github.send('PATCH', `issues/comments/${ours.id}`, { body });
}

export interface KeptIssue {
  /** First line of the body, by which a later run finds the issue. */
  readonly mark: string;
  readonly title: string;
  /** Text of the issue, which begins with the mark; undefined if there is nothing to report. */
  readonly body: string | undefined;
}

/** Opens or updates our issue about one subject, or closes it if there is nothing to report. Throws GithubError. */
export async function writeIssue(
  github: GithubClient,
  { mark, title, body }: KeptIssue,
): Promise<void> {
  const issues = z.array(Issue).parse(await github.list('issues?state=open'));
  const ours = issues.find((issue) => issue.pull_request === undefined && isOurs(issue, mark));
  if (body === undefined) {
    if (ours) await github.send('PATCH', `issues/${ours.number}`, { state: 'closed' });
  } else if (ours) await github.send('PATCH', `issues/${ours.number}`, { title, body });
  else await github.send('POST', 'issues', { title, body });
}

/** Anyone can write the mark, so only those of bots are ours. */
function isOurs({ body, user }: z.infer<typeof Comment>, mark: string): boolean {
  return user?.type === 'Bot' && body?.startsWith(mark) === true;
}

type Env = Readonly<Record<string, string | undefined>>;

export interface GithubClient {
  /** Sends a request and returns the body of the response. Throws GithubError. */
  send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<unknown>;
  /** Returns the entries of all pages of a list. Throws GithubError. */
  list(path: string): Promise<unknown[]>;
}

/** Thrown when a request to GitHub's API fails. It never contains the token. */
export class GithubError extends CommandError {
  override readonly name = 'GithubError';
}

const PER_PAGE = 100;
const TIMEOUT_MS = 30_000;

/** A client for the repository in GITHUB_REPOSITORY, authenticated with GITHUB_TOKEN. Throws GithubError if either is not set. */
export function githubClient(env: Env): GithubClient {
  const settings = Settings.safeParse(env);
  if (!settings.success) {
    const missing = settings.error.issues.map(({ path }) => path.join('.'));
    throw new GithubError(`${missing.join(' and ')} not set: GitHub workflows set them`);
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
      throw new GithubError(`${method} ${url} failed: ${String(cause)}`, { cause });
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as unknown;
    throw new GithubError(
      `${method} ${url} returned HTTP status ${response.status}: ${text.slice(0, 300)}`,
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
    const response = await send('GET', `${path}${joint}per_page=${PER_PAGE}&page=${page}`);
    const entries = z.array(z.unknown()).parse(response);
    all.push(...entries);
    if (entries.length < PER_PAGE) return all;
  }
}
