import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
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
  return new Command(name)
    .description(
      `${DESCRIPTIONS[name]} Checks PROJECT, the Terraform state and every config.yaml, then runs cdktf ${name}.`,
    )
    .argument('[pipelines-and-options...]', 'names of pipelines, followed by options of cdktf')
    .allowUnknownOption()
    .addHelpText(
      'after',
      `\nExample:\n  npm run ${name} -- sentinel1\n\nFor the options of cdktf, run "npx cdktf ${name} --help".`,
    )
    .action((rest: readonly string[]) => run(name, rest));
}

async function run(verb: Verb, rest: readonly string[]): Promise<void> {
  const stacks = leadingNames(rest);
  const words = [verb, ...namesFor(verb, stacks), ...rest.slice(stacks.length)];
  if (verb !== 'synth') await check(verb, stacks, rest);
  const cdktf = startCdktf(words);
  if (verb === 'synth') await orStop(cdktf, check(verb, stacks, rest));
  process.exitCode = await exitCode(cdktf);
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
  if (!bootstrap) for (const name of stacks) pipelineArgument(name);
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

/**
 * Kills cdktf if the check fails. A synth changes nothing in AWS, so it can be checked while cdktf loads, which takes
 * a second or more until it starts main.ts.
 */
async function orStop(cdktf: ChildProcess, checked: Promise<void>): Promise<void> {
  const ended = exitCode(cdktf);
  try {
    await checked;
  } catch (error) {
    cdktf.kill('SIGKILL');
    await ended;
    throw error;
  }
}

/** The stacks to pass on to cdktf: none for list and synth, which always process all. A stack is named after its pipeline's folder. */
function namesFor(verb: Verb, stacks: readonly string[]): readonly string[] {
  return verb === 'list' || verb === 'synth' ? [] : stacks.map((name) => basename(name));
}

function startCdktf(words: readonly string[]): ChildProcess {
  const manifest = createRequire(import.meta.url).resolve('cdktf-cli/package.json');
  const program = join(dirname(manifest), 'bundle', 'bin', 'cdktf.js');
  // Ctrl-C also reaches cdktf, and Terraform needs time to release its lock.
  process.on('SIGINT', () => undefined);
  return spawn(process.execPath, ['--no-warnings', program, ...words], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
  });
}

async function exitCode(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

await runCommand(command, {
  argv: [node, file, ...words],
  env: process.env,
  stderr: process.stderr,
});
