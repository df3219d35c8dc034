import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { CommandError, runCommand, UsageError } from './shared/command.js';
import { systemReason } from './shared/system-error.js';
import { APPROVAL_LABEL, checkApproval } from './plan/approval.js';
import {
  githubClient,
  markedProject,
  markOf,
  reconcileMarkOf,
  writeComment,
  writeIssue,
} from './plan/github.js';
import { projectToName } from './plan/projects.js';

const command = new Command('report')
  .addHelpText('after', '\nExample:\n  npm run report -- comment 7 plan.md')
  .description(
    'Post the output of npm run plan or reconcile on GitHub. Needs GITHUB_REPOSITORY and GITHUB_TOKEN, as in a GitHub workflow.',
  );

command
  .command('comment')
  .description('Create or update the plan comment on a pull request.')
  .argument('<number>', 'number of the pull request', wholeNumber('<number>'))
  .argument('<file>', 'output of npm run plan')
  .action(async (pullRequest: number, file: string) => {
    await writeComment(githubClient(process.env), pullRequest, textOf(file));
  });

command
  .command('drift')
  .description('Open, update or close the issue about drift between main and the deployment.')
  .argument('<file>', 'output of npm run plan')
  .requiredOption(
    '--code <n>',
    'exit code of npm run plan: 0 no changes, 1 failed, 2 changes',
    wholeNumber('--code'),
  )
  .action(async (file: string, { code }: { readonly code: number }) => {
    const text = textOf(file);
    const project = markedProject(text);
    const what = code === 1 ? 'the plan failed' : 'what is deployed differs from main';
    const title = `Drift${ofProject(project)}: ${what}`;
    const body = code === 0 ? undefined : text;
    await writeIssue(githubClient(process.env), { mark: markOf(project), title, body });
  });

command
  .command('reconcile')
  .description('Open, update or close the issue about what the catalogue misses.')
  .argument('<file>', 'output of npm run reconcile -- --all')
  .requiredOption(
    '--code <n>',
    'exit code of npm run reconcile: 0 everything is there, 1 something needs attention',
    wholeNumber('--code'),
  )
  .action(async (file: string, { code }: { readonly code: number }) => {
    const project = projectToName(process.cwd(), process.env);
    const mark = reconcileMarkOf(project);
    await writeIssue(githubClient(process.env), {
      mark,
      title: `Reconcile${ofProject(project)}: the inventory and the catalogue differ`,
      body: code === 0 ? undefined : `${mark}\n${textOf(file)}`,
    });
  });

command
  .command('approval')
  .description(
    `Fail if an apply would delete data, unless the merged pull request of the commit has the label ${APPROVAL_LABEL}, or DATA_LOSS names the pipeline.`,
  )
  .argument('<file>', 'output of npm run plan -- --json')
  .requiredOption('--commit <sha>', 'the commit that is applied')
  .action(async (file: string, { commit }: { readonly commit: string }) => {
    const named = (process.env['DATA_LOSS'] ?? '').split(/\s+/);
    await checkApproval(() => githubClient(process.env), {
      summaries: textOf(file),
      commit,
      named,
      project: projectToName(process.cwd(), process.env),
    });
  });

function ofProject(project: string | undefined): string {
  return project === undefined ? '' : ` of ${project}`;
}

function wholeNumber(what: string): (value: string) => number {
  return (value) => {
    if (/^\d+$/.test(value)) return Number(value);
    throw new UsageError(`${what} must be a whole number (given '${value}')`);
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = systemReason(cause) ?? String(cause);
    throw new CommandError(`${file} cannot be read: ${reason}`, { cause });
  }
}

await runCommand(command);
