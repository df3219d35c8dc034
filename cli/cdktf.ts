import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
import { pipelineArgument, runCommand } from './shared/command.js';

const root = join(import.meta.dirname, '..');

/** cdktf's own verbs that npm scripts are named after. */
const VERBS = ['list', 'synth', 'diff', 'deploy', 'destroy'] as const;
type Verb = (typeof VERBS)[number];

/** Checks first: cdktf shows what main.ts prints twice, between lines of its own. */
const command = new Command('cdktf').description(
  'Check PROJECT, the state and every config.yaml, then run cdktf.',
);
for (const verb of VERBS) {
  command
    .command(verb)
    .description(`cdktf ${verb}`)
    .argument('[pipelines-and-options...]', 'pipelines, then options of cdktf')
    .allowUnknownOption()
    .helpOption(false)
    .action((rest: readonly string[]) => run(verb, rest));
}

async function run(verb: Verb, rest: readonly string[]): Promise<void> {
  const stacks = leadingNames(rest);
  const words = [verb, ...namesFor(verb, stacks), ...rest.slice(stacks.length)];
  if (verb !== 'synth') await check(stacks);
  const cdktf = startCdktf(words);
  if (verb === 'synth') await orStop(cdktf, check(stacks));
  process.exitCode = await exitCode(cdktf);
}

/** Returns the words before the first option: the word after an option may be its value. */
function leadingNames(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word === '' || word.startsWith('-'));
  return end === -1 ? words : words.slice(0, end);
}

/** Throws UsageError and ConfigError. Loaded late: cdktf starts in the meantime. */
async function check(stacks: readonly string[]): Promise<void> {
  const { isBootstrap, readBootstrapProject, readProject } =
    await import('../modules/config/project.js');
  const source = { root, env: process.env };
  if (isBootstrap(source)) {
    readBootstrapProject(source);
    return;
  }
  for (const name of stacks) pipelineArgument(name);
  readProject(source);
}

/**
 * A synth changes nothing outside, so it is checked while cdktf loads, for a second or more before it starts main.ts,
 * which would report the same fault in cdktf's words.
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

/** cdktf synthesizes and lists everything, whatever it is given. A pipeline's stack has its folder's name. */
function namesFor(verb: Verb, stacks: readonly string[]): readonly string[] {
  return verb === 'list' || verb === 'synth' ? [] : stacks.map((name) => basename(name));
}

function startCdktf(words: readonly string[]): ChildProcess {
  const manifest = createRequire(import.meta.url).resolve('cdktf-cli/package.json');
  const program = join(dirname(manifest), 'bundle', 'bin', 'cdktf.js');
  // Ctrl-C reaches the child as well, and Terraform needs the time to release its lock.
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

await runCommand(command);
