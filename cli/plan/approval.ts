import { z } from 'zod';
import { CommandError } from '../shared/command.js';
import type { GithubClient } from './github.js';

/** Label of a pull request whose reviewers accept that its apply deletes data. */
export const APPROVAL_LABEL = 'data-loss-approved';

const Losing = z.array(
  z.object({ pipeline: z.string().optional(), losses: z.array(z.string()).default([]) }),
);
const PullRequest = z.object({
  number: z.number(),
  merged_at: z.string().nullish(),
  labels: z.array(z.object({ name: z.string() })).default([]),
});

interface Apply {
  /** Output of `npm run plan -- --json`. */
  readonly summaries: string;
  /** Commit that is applied. */
  readonly commit: string;
  /** Pipelines whose data may be deleted, named by the person who started the workflow. */
  readonly named: readonly string[];
  /** The project that is applied, if the repository has several: `<project>/<pipeline>` names a pipeline of one alone. */
  readonly project?: string | undefined;
}

/**
 * Checks that an apply deletes no data, or that this was approved: by the label of the merged pull request that brought
 * the commit, or by name. Throws CommandError that says what would be lost and how to approve it, and GithubError.
 */
export async function checkApproval(
  github: () => GithubClient,
  { summaries, commit, named, project }: Apply,
): Promise<void> {
  const inProject = (pipeline: string) =>
    project === undefined ? pipeline : `${project}/${pipeline}`;
  const losing = parse(summaries).filter(
    ({ pipeline = '', losses }) =>
      losses.length > 0 && ![pipeline, inProject(pipeline)].some((name) => named.includes(name)),
  );
  if (losing.length === 0) return;
  const merged = await mergedPulls(github(), commit);
  const isApproved = merged.some(({ labels }) =>
    labels.some(({ name }) => name === APPROVAL_LABEL),
  );
  if (isApproved) return;
  const what = losing.map(({ pipeline = '', losses }) => `${pipeline} (${losses.join(', ')})`);
  const numbers = merged.map(({ number }) => `#${number}`).join(' or ');
  const label =
    merged.length === 0
      ? `No merged pull request brought ${commit}`
      : `If it is meant, give ${numbers} the label ${APPROVAL_LABEL} and run this job again`;
  throw new CommandError(
    `this apply would delete data of ${what.join(' and ')}, so it stops here; nothing is changed. ${label}, ` +
      `or run the workflow by hand with data_loss: ${losing.map(({ pipeline = '' }) => inProject(pipeline)).join(' ')}`,
  );
}

function parse(summaries: string): z.infer<typeof Losing> {
  try {
    return Losing.parse(JSON.parse(summaries));
  } catch (cause) {
    throw new CommandError('the file is not an output of npm run plan -- --json', { cause });
  }
}

async function mergedPulls(github: GithubClient, commit: string) {
  const pulls = z.array(PullRequest).parse(await github.list(`commits/${commit}/pulls`));
  return pulls.filter(({ merged_at: at }) => at !== null && at !== undefined);
}
