import { beforeAll, expect, test } from '@jest/globals';
import { copyFor, findBothClis, runOwnStacks, type CliProject } from '../deployment/both-clis.js';
import type { CommandOutcome } from '../deployment/commands.js';
import { FULL } from '../deployment/stacks.js';

/** 110 seconds of CPU time. */
const found = FULL ? await findBothClis() : { missing: 'only with E2E=full' };
const missing = 'missing' in found ? found.missing : undefined;
const whereBoth = missing === undefined ? test : test.skip;

/** Its resources are made in seconds: those of a queue take 50, and the rule of a bucket's lifecycle takes 56. */
const NAME = 'images';
const STEPS = {
  list: ['list'],
  diff: ['diff', NAME],
  deploy: ['deploy', NAME, '--auto-approve'],
  again: ['diff', NAME],
  destroy: ['destroy', NAME, '--auto-approve'],
} as const;
type Step = keyof typeof STEPS | 'refused';
type Outcomes = Readonly<Record<Step, CommandOutcome>>;

let outcomes: readonly Outcomes[] = [];

beforeAll(async () => {
  if (!('projects' in found)) return;
  const begun: [CliProject, string, CommandOutcome][] = [];
  // One after the other: the first run of Terraform fills the folder of providers, which it does not lock.
  for (const cli of found.projects) {
    const folder = copyFor(cli);
    const env = { AWS_ACCESS_KEY_ID: 'AKIAWRONGWRONGWRONG1' };
    begun.push([cli, folder, await runOne(cli, folder, [STEPS.diff, env])]);
  }
  outcomes = await Promise.all(
    begun.map(async ([cli, folder, refused]) => {
      const done: [string, CommandOutcome][] = [['refused', refused]];
      for (const [name, words] of Object.entries(STEPS))
        done.push([name, await runOne(cli, folder, [words])]);
      return Object.fromEntries(done) as Outcomes;
    }),
  );
});

async function runOne(
  cli: CliProject,
  folder: string,
  given: [words: readonly string[], env?: Readonly<Record<string, string>>],
): Promise<CommandOutcome> {
  const { code, stdout, stderr } = await runOwnStacks(cli, folder, ...given);
  return { code, stdout: constant(stdout, cli), stderr: constant(stderr, cli) };
}

/** A line about one resource. Terraform works on several at the same time, in any order. */
const PROGRESS = /^\S+(?: \(.*\))?: (?:Creat|Destr|Read|Refresh|Still )/;

/** Replaces what differs between two runs of the same CLI. */
function constant(text: string, { project }: CliProject): string {
  const lines = text
    .replaceAll(project, '<project>')
    .replace(/^- (?:Using|Installing|Installed) \S+ v\S+ ?.*\n/gm, '')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/\[id=\d+\]/g, '[id=<id>]')
    .replace(/\b\d+m?\d*s\b/g, '<time>')
    // The CLIs remove the indentation of a line at which a piece of Terraform's output begins.
    .replace(/^ +/gm, '')
    .split('\n');
  const progress = lines.filter((line) => PROGRESS.test(line)).toSorted();
  return [...lines.filter((line) => !PROGRESS.test(line)), ...progress].join('\n');
}

whereBoth(
  `cdktf-cli and cdktn-cli deploy, compare, list and destroy a stack with the same output and exit codes${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    const [first, second] = outcomes;
    if (first === undefined || second === undefined) throw new Error('both CLIs were found');
    for (const name of Object.keys(first) as Step[])
      expect({ name, ...second[name] }).toEqual({ name, ...first[name] });

    const { list, diff, deploy, again, destroy, refused } = first;
    for (const { code } of [list, diff, deploy, again, destroy]) expect(code).toBe(0);
    expect(list.stdout).toMatch(/^images +cdktf\.out\/stacks\/images$/m);
    expect(diff.stdout).toMatch(/^Plan: \d+ to add, 0 to change, 0 to destroy\.$/m);
    expect(deploy.stdout).toMatch(
      /^Apply complete! Resources: \d+ added, 0 changed, 0 destroyed\.$/m,
    );
    expect(again.stdout).toMatch(/^No changes\./m);
    expect(destroy.stdout).toMatch(/^Destroy complete! Resources: \d+ destroyed\.$/m);
    expect(refused).toMatchObject({
      code: 1,
      stderr: 'terraform init failed with exit code 1\n',
      stdout: expect.stringContaining('The security token included in the request'),
    });
  },
);
