import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { runCommand } from './shared/command.js';
import { githubClient } from './plan/github-client.js';
import { writeComment, writeDriftIssue } from './plan/github.js';

const command = new Command('report').description(
  'Put what npm run plan printed where people read it. For workflows of GitHub: GITHUB_REPOSITORY and GITHUB_TOKEN.',
);

command
  .command('comment')
  .description('The one comment on a pull request, written again each time.')
  .argument('<number>', 'of the pull request', wholeNumber)
  .argument('<file>', 'what npm run plan printed')
  .action(async (pullRequest: number, file: string) => {
    await writeComment(githubClient(process.env), pullRequest, readFileSync(file, 'utf8'));
  });

command
  .command('drift')
  .description('The one issue about drift: opened, written again, or closed when nothing differs.')
  .argument('<file>', 'what npm run plan printed')
  .requiredOption(
    '--code <n>',
    'its exit code: 0 nothing differs, 1 failed, 2 differs',
    wholeNumber,
  )
  .action(async (file: string, { code }: { readonly code: number }) => {
    const body = code === 0 ? undefined : readFileSync(file, 'utf8');
    const title =
      code === 1 ? 'Drift: the plan failed' : 'Drift: what is deployed differs from main';
    await writeDriftIssue(githubClient(process.env), { title, body });
  });

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value))
    throw new InvalidArgumentError(`it is a whole number (given '${value}')`);
  return Number(value);
}

await runCommand(command);
