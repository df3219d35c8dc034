import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { isBootstrap, readBootstrapProject, readProject } from '../modules/project.js';
import { pipelineArgument, runCommand } from './command.js';

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
  const stacks = stacksIn(rest);
  const options = rest.slice(stacks.length);
  if (isBootstrap(process)) readBootstrapProject({ root, env: process.env });
  else {
    const ids = stacks.map((name) => pipelineArgument(name).id);
    readProject({ root, env: process.env });
    process.exitCode = await cdktf([verb, ...(takesStacks(verb) ? ids : []), ...options]);
    return;
  }
  process.exitCode = await cdktf([verb, ...stacks, ...options]);
}

/** Names come first: what follows an option may be its value. */
function stacksIn(rest: readonly string[]): readonly string[] {
  const firstOption = rest.findIndex((word) => word.startsWith('-'));
  return firstOption === -1 ? rest : rest.slice(0, firstOption);
}

/** cdktf synthesizes and lists everything, whatever it is given. */
function takesStacks(verb: Verb): boolean {
  return verb !== 'list' && verb !== 'synth';
}

async function cdktf(words: readonly string[]): Promise<number> {
  const manifest = createRequire(import.meta.url).resolve('cdktf-cli/package.json');
  const program = join(dirname(manifest), 'bundle', 'bin', 'cdktf.js');
  const child = spawn(process.execPath, ['--no-warnings', program, ...words], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
  });
  // Ctrl-C reaches the child as well, and Terraform needs the time to release its lock.
  process.on('SIGINT', () => undefined);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

await runCommand(command);
