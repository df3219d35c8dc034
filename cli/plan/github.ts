import { z } from 'zod';
import type { GithubClient } from './github-client.js';
import { MARK } from './comment.js';

// One place on GitHub for what was planned, written again each time: it is found by its mark.

const Comment = z.object({
  id: z.number(),
  body: z.string().nullish(),
  user: z.object({ type: z.string() }).nullish(),
});
const Issue = Comment.extend({ number: z.number(), pull_request: z.unknown().optional() });

/** The comment on a pull request: made, or written again. Throws GithubError. */
export async function writeComment(
  github: GithubClient,
  pullRequest: number,
  body: string,
): Promise<void> {
  const comments = z.array(Comment).parse(await github.list(`issues/${pullRequest}/comments`));
  const ours = comments.find(isOurs);
  if (ours === undefined) await github.send('POST', `issues/${pullRequest}/comments`, { body });
  else await github.send('PATCH', `issues/comments/${ours.id}`, { body });
}

export interface Drift {
  readonly title: string;
  /** Undefined: nothing differs any more. */
  readonly body: string | undefined;
}

/** The issue that tells of drift: opened, written again, or closed once nothing differs. Throws GithubError. */
export async function writeDriftIssue(github: GithubClient, { title, body }: Drift): Promise<void> {
  const issues = z.array(Issue).parse(await github.list('issues?state=open'));
  const ours = issues.find((issue) => issue.pull_request === undefined && isOurs(issue));
  if (body === undefined) {
    if (ours) await github.send('PATCH', `issues/${ours.number}`, { state: 'closed' });
  } else if (ours) await github.send('PATCH', `issues/${ours.number}`, { title, body });
  else await github.send('POST', 'issues', { title, body });
}

/** Anybody can write the mark, and what a person wrote is not ours to change. */
function isOurs({ body, user }: z.infer<typeof Comment>): boolean {
  return user?.type === 'Bot' && body?.startsWith(MARK) === true;
}
