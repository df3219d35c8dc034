import { basename, join } from 'node:path';
import { Command } from 'commander';
import { bareCli } from './shared/cdktf-cli.js';
import { startCdktf } from './shared/cdktf-process.js';
import { checkApproval } from './stacks/approval.js';
import { listPipelines } from '../modules/config/folder.js';
import { RESERVED_STACKS } from '../modules/config/values/pipeline-id.js';
import { pipelineArgument, runCommand, UsageError } from './shared/command.js';
import { leadingNames, namesFor } from './stacks/words.js';
import { hasNoStacks, sayNoPipelines } from './stacks/no-pipelines.js';
import type { ForegroundProcess } from './shared/foreground.js';

const root = join(import.meta.dirname, '..');

/** Commands of cdktf; npm scripts have the same names. */
const DESCRIPTIONS = {
  list: 'List the stacks.',
  synth: 'Write the Terraform configuration of every stack to cdktf.out.',
  diff: 'Show what a deployment of the given stacks would change.',
  deploy: 'Deploy the given stacks.',
  destroy: 'Destroy the given stacks, also those whose folder in pipelines/ is gone.',
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
      `\nExample:\n  ${example}\n\nFor the options of cdktf, run "npx ${bareCli()} ${name} --help".`,
    )
    .action((rest: readonly string[]) => run(name, rest));
}

async function run(verb: Verb, rest: readonly string[]): Promise<void> {
  const stacks = leadingNames(rest);
  const options = rest.slice(stacks.length);
  const words = [verb, ...namesFor(verb, stacks), ...options];
  if (verb === 'destroy' && stacks.length > 0 && process.env['BOOTSTRAP'] !== '1')
    return destroy(stacks, options);
  const isEmpty = hasNoStacks(verb, root);
  if (verb !== 'synth' || isEmpty) await check(verb, stacks, rest);
  if (isEmpty) {
    sayNoPipelines(verb);
    return;
  }
  if (verb === 'deploy' || verb === 'destroy') checkApproval(verb, options);
  if (verb === 'deploy' && stacks.length > 0) {
    const isOwn = process.env['BOOTSTRAP'] === '1';
    return isOwn ? deployOwn(stacks, options) : deploy(stacks, options);
  }
  const cdktf = startCdktf(words, root);
  if (verb === 'synth') await orStop(cdktf, check(verb, stacks, rest));
  process.exitCode = await cdktf.ended;
}

/**
 * Deploys pipelines. Before that, pushes the images that ECR does not have; replaces functions whose code an earlier
 * deployment did not upload.
 */
async function deploy(stacks: readonly string[], options: readonly string[]): Promise<void> {
  const { pushMissingImages } = await import('./stacks/push-images.js');
  await pushMissingImages(stacks.map((name) => basename(name)));
  const { deployRuns } = await import('./stacks/replace-old-code.js');
  const { runDeploy } = await import('./stacks/run-deploy.js');
  for (const { stacks: names, applyOptions, notice } of await deployRuns(stacks)) {
    for (const sentence of notice) sayOfDeploy(sentence);
    process.exitCode = await runDeploy({
      root,
      stacks: namesFor('deploy', names),
      options,
      applyOptions,
      say: sayOfDeploy,
    });
    if (process.exitCode !== 0) return;
  }
}

/**
 * Deploys stacks of the project itself, one after the other, because the first creates the bucket for the states of the
 * others. The stack bootstrap is followed by images, which is there if a pipeline needs it.
 */
async function deployOwn(stacks: readonly string[], options: readonly string[]): Promise<void> {
  const { readBootstrapProject } = await import('../modules/config/project.js');
  const { runDeploy } = await import('./stacks/run-deploy.js');
  const { images } = readBootstrapProject({ root, env: process.env });
  const isFirst = stacks.length === 1 && stacks[0] === 'bootstrap';
  for (const name of isFirst && images.length > 0 ? ['bootstrap', 'images'] : stacks) {
    process.exitCode = await runDeploy({ root, stacks: [name], options, say: sayOfDeploy });
    if (process.exitCode !== 0) return;
  }
}

function sayOfDeploy(sentence: string): void {
  process.stderr.write(`deploy: ${sentence}\n`);
}

/** Destroys pipelines: with cdktf, or by their state alone if this checkout has no stack of that name. */
async function destroy(stacks: readonly string[], options: readonly string[]): Promise<void> {
  const { readProject } = await import('../modules/config/project.js');
  const { destroyState, terraformOptions } = await import('./stacks/destroy-state.js');
  const { stackLosses } = await import('./stacks/destroy-losses.js');
  const { findStates, idOf } = await import('./stacks/without-folder.js');
  for (const name of stacks)
    if (RESERVED_STACKS.includes(name)) checkStack(name, { verb: 'destroy', bootstrap: false });
  const project = readProject({ root, env: process.env });
  const isWritten = (name: string) => project.pipelines.some(({ id }) => id === basename(name));
  const written = stacks.filter(isWritten);
  const others = stacks.filter((name) => !isWritten(name)).map(idOf);
  const found = await findStates(others, { root, project });
  const words = found.length === 0 ? [] : terraformOptions(options, process.stdin);
  const say = (sentence: string) => process.stderr.write(`destroy: ${sentence}\n`);
  if (written.length > 0) {
    await check('destroy', written, options);
    checkApproval('destroy', options);
    const names = namesFor('destroy', written);
    for (const sentence of await stackLosses(names, { root, project })) say(sentence);
    process.exitCode = await startCdktf(['destroy', ...names, ...options], root).ended;
  }
  for (const state of found) {
    if (process.exitCode !== undefined && process.exitCode !== 0) return;
    process.exitCode = await destroyState(state, { root, options: words, env: process.env, say });
  }
}

/** Throws UsageError and ConfigError. The imports are deferred, so that cdktf starts in the meantime. */
async function check(verb: Verb, stacks: readonly string[], rest: readonly string[]) {
  const { isBootstrap, readBootstrapProject, readProject } =
    await import('../modules/config/project.js');
  const { bootstrapStates, checkStates, pipelineStates } = await import('./shared/state-move.js');
  const { checkProviderLock } = await import('./stacks/provider-lock.js');
  const source = { root, env: process.env };
  const bootstrap = isBootstrap(source);
  for (const name of stacks) checkStack(name, { verb, bootstrap });
  const project = bootstrap ? undefined : readProject(source);
  const states = project ? pipelineStates(project) : bootstrapStates(readBootstrapProject(source));
  if (verb === 'list' || verb === 'synth') return;
  checkProviderLock(root);
  const names = namesFor(verb, stacks);
  const migrate = rest.some((word) => MIGRATE_STATE.test(word));
  checkStates(
    states.filter(({ stack }) => names.length === 0 || names.includes(stack)),
    { root, migrate },
  );
  if (project === undefined) return;
  const { compareDeployed } = await import('./stacks/moved-stacks.js');
  await compareDeployed(project, { root, ids: names, verb });
}

/** Throws UsageError if there is no such stack. */
function checkStack(name: string, { verb, bootstrap }: { verb: Verb; bootstrap: boolean }): void {
  const isOwn = RESERVED_STACKS.includes(name);
  if (bootstrap && !isOwn)
    throw new UsageError(
      `unknown stack ${JSON.stringify(name)} (known with BOOTSTRAP=1: ${RESERVED_STACKS.join(', ')}); the stacks of pipelines need BOOTSTRAP to be unset`,
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
async function orStop(cdktf: ForegroundProcess, checked: Promise<void>): Promise<void> {
  try {
    await checked;
  } catch (error) {
    cdktf.kill();
    await cdktf.ended;
    throw error;
  }
}

await runCommand(command, {
  argv: [node, file, ...words],
  env: process.env,
  stderr: process.stderr,
});
