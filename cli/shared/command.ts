import { basename, join, normalize } from 'node:path';
import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { PipelineError } from '../../lambdas/runtime/errors.js';
import { ConfigError } from '../../modules/config/values/error.js';
import { knownPipelines, listPipelines } from '../../modules/config/folder.js';
import { UsageError } from './usage-error.js';

const FAILED = 1;
const WRONG_USAGE = 2;

export interface Surroundings {
  /** As process.argv: two words before the first argument. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: { write(text: string): unknown };
  /** @default 2 */
  readonly wrongUsageCode?: number;
}

/**
 * Runs a command and sets the exit code: 0 done, 1 failed, 2 called wrongly. An action throws what went wrong, or sets
 * process.exitCode where it has reported by itself. Errors go to stderr, so that stdout stays fit for a pipe.
 */
export async function runCommand(
  command: Command,
  { argv, env, stderr, wrongUsageCode = WRONG_USAGE }: Surroundings = process,
): Promise<void> {
  prepare(command, stderr);
  try {
    await command.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    process.exitCode = isUsage(error) ? wrongUsageCode : FAILED;
    stderr.write(`${report(error, { command: command.name(), debug: isSet(env['DEBUG']) })}\n`);
  }
}

/** A pipeline as people name it, `sentinel1` or `pipelines/sentinel1/`; throws UsageError for any that does not exist. */
export function pipelineArgument(value: string, root = 'pipelines'): PipelineFolder {
  const id = basename(value);
  const isName = [id, join(root, id)].includes(normalize(value).replace(/\/$/, ''));
  if (isName && listPipelines(root).includes(id)) return { id, folder: join(root, id) };
  throw new UsageError(`there is no pipeline ${JSON.stringify(value)}. ${knownPipelines(root)}`);
}

export interface PipelineFolder {
  readonly id: string;
  readonly folder: string;
}

/** Commander exits by itself and prints in its own words, unless each command down the tree is told otherwise. */
function prepare(command: Command, stderr: Surroundings['stderr']): void {
  command.exitOverride();
  command.configureOutput({
    writeErr: (text) => stderr.write(text),
    outputError: () => undefined,
  });
  command.hook('preAction', (_, action) => {
    refuseEmpty(action);
  });
  for (const child of command.commands) prepare(child, stderr);
}

/** A shell passes "$NAME" as an empty text where NAME is not set; as a path that would be the current folder. */
function refuseEmpty(command: Command): void {
  const option = command.options.find(
    (given) => command.getOptionValue(given.attributeName()) === '',
  );
  const what = option?.long ?? (command.args.includes('') ? 'an argument' : undefined);
  if (what !== undefined) throw new UsageError(`${what} is empty: give a value, or leave it out`);
}

function isUsage(error: unknown): boolean {
  return error instanceof CommanderError || error instanceof UsageError;
}

function report(error: unknown, { command, debug }: { command: string; debug: boolean }): string {
  if (!(error instanceof Error)) return `${command}: ${String(error)}`;
  if (isUsage(error)) return usageSentence(error, command);
  if (debug) return error.stack ?? error.message;
  if (error instanceof ConfigError || error instanceof PipelineError) return error.message;
  return `${command}: ${error.name}: ${error.message} (DEBUG=1 shows where it was thrown)`;
}

function usageSentence({ message }: Error, command: string): string {
  const sentence = message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '');
  return `${command}: ${sentence}. See --help.`;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}
