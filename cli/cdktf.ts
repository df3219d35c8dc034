import { basename, join } from 'node:path';
import { Command } from 'commander';
import { startCdktf, type CdktfProcess } from './shared/cdktf-process.js';
import { listPipelines } from '../modules/config/folder.js';
import { pipelineArgument, runCommand, UsageError } from './shared/command.js';

const root = join(import.meta.dirname, '..');

/** Commands of cdktf; npm scripts have the same names. */
const DESCRIPTIONS = {
  list: 'List the stacks.',
  synth: 'Write the Terraform configuration of every stack to cdktf.out.',
  diff: 'Show what a deployment of the given stacks would change.',
  deploy: 'Deploy the given stacks.',
  destroy: 'Destroy the given stacks.',
} as const;
type Verb = keyof typeof DESCRIPTIONS;

/** The option of cdktf that moves a state, as yargs reads it. */
const MIGRATE_STATE = /^--(migrate-state|migrateState)(=true)?$/;

// Problems are reported before cdktf starts, because it prints the errors of main.ts twice, among its own lines.
const [node = '', file = '', verb = '', ...words] = process.argv;
const command = Object.hasOwn(DESCRIPTIONS, verb)
  ? verbCommand(verb as Verb)
  : new Command('cdktf').action(() => {
      throw new UsageError(`unknown command (known: ${Object.keys(DESCRIPTIONS).join(', ')})`);
    });

function verbCommand(name: Verb): Command {
  const isBootstrap = name === 'deploy' && words[0] === 'bootstrap';
  const script = isBootstrap ? 'bootstrap' : name;
  const example = isBootstrap ? 'PROJECT=demo npm run bootstrap' : `npm run ${name} -- sentinel1`;
  return new Command(script)
    .description(
      `${DESCRIPTIONS[name]} Checks PROJECT, the Terraform state and every config.yaml, then runs cdktf ${name}.`,
    )
    .argument('[pipelines-and-options...]', 'names of pipelines, followed by options of cdktf')
    .allowUnknownOption()
    .addHelpText(
      'after',
      `\nExample:\n  ${example}\n\nFor the options of cdktf, run "npx cdktf ${name} --help".`,
    )
    .action((rest: readonly string[]) => run(name, rest));
}

async function run(verb: Verb, rest: readonly string[]): Promise<void> {
  const stacks = leadingNames(rest);
  const words = [verb, ...namesFor(verb, stacks), ...rest.slice(stacks.length)];
  if (verb !== 'synth') await check(verb, stacks, rest);
  const cdktf = startCdktf(words, root);
  if (verb === 'synth') await orStop(cdktf, check(verb, stacks, rest));
  process.exitCode = await cdktf.ended;
}

/** Returns the words before the first option: the word after an option may be its value. */
function leadingNames(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word === '' || word.startsWith('-'));
  return end === -1 ? words : words.slice(0, end);
}

/** Throws UsageError and ConfigError. The imports are deferred, so that cdktf starts in the meantime. */
async function check(verb: Verb, stacks: readonly string[], rest: readonly string[]) {
  const { isBootstrap, readBootstrapProject, readProject } =
    await import('../modules/config/project.js');
  const { bootstrapStates, checkStates, pipelineStates } = await import('./shared/state-move.js');
  const source = { root, env: process.env };
  const bootstrap = isBootstrap(source);
  for (const name of stacks) checkStack(name, { verb, bootstrap });
  const states = bootstrap
    ? bootstrapStates(readBootstrapProject(source))
    : pipelineStates(readProject(source));
  if (verb === 'list' || verb === 'synth') return;
  const names = namesFor(verb, stacks);
  const migrate = rest.some((word) => MIGRATE_STATE.test(word));
  checkStates(
    states.filter(({ stack }) => names.length === 0 || names.includes(stack)),
    { root, migrate },
  );
}

/** The stacks of BOOTSTRAP=1. */
const OWN_STACKS = ['bootstrap', 'github_oidc'];

/** Throws UsageError if there is no such stack. */
function checkStack(name: string, { verb, bootstrap }: { verb: Verb; bootstrap: boolean }): void {
  const isOwn = OWN_STACKS.includes(name);
  if (bootstrap && !isOwn)
    throw new UsageError(
      `unknown stack ${JSON.stringify(name)} (known with BOOTSTRAP=1: ${OWN_STACKS.join(', ')}); the stacks of pipelines need BOOTSTRAP to be unset`,
    );
  if (isOwn && !bootstrap && !listPipelines().includes(name))
    throw new UsageError(
      `the stack ${name} exists only with BOOTSTRAP=1: use BOOTSTRAP=1 npm run ${verb} -- ${name}`,
    );
  if (!bootstrap) pipelineArgument(name);
}

/**
 * Kills cdktf if the check fails. A synth changes nothing in AWS, so it can be checked while cdktf loads, which takes
 * a second or more until it starts main.ts.
 */
async function orStop(cdktf: CdktfProcess, checked: Promise<void>): Promise<void> {
  try {
    await checked;
  } catch (error) {
    cdktf.kill();
    await cdktf.ended;
    throw error;
  }
}

/** The stacks to pass on to cdktf: none for list and synth, which always process all. A stack is named after its pipeline's folder. */
function namesFor(verb: Verb, stacks: readonly string[]): readonly string[] {
  return verb === 'list' || verb === 'synth' ? [] : stacks.map((name) => basename(name));
}

await runCommand(command, {
  argv: [node, file, ...words],
  env: process.env,
  stderr: process.stderr,
});
