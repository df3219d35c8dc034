import { basename, join, normalize } from 'node:path';
import { types } from 'node:util';
import { CommanderError, type Command } from 'commander';
import { PipelineError } from '../../lambdas/runtime/errors.js';
import { traceOf } from '../../lambdas/runtime/trace.js';
import { watchOutput } from './output.js';
import { systemSentence } from './system-error.js';
import { knownPipelines, listPipelines } from '../../modules/config/folder.js';
import { ConfigError } from '../../modules/config/values/error.js';

const FAILED = 1;
const WRONG_USAGE = 2;

export interface Surroundings {
  /** Like process.argv, with two elements before the first argument. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: { write(text: string): unknown };
  /** Exit code for incorrect usage. @default 2 */
  readonly wrongUsageCode?: number;
}

/** A pipeline's id and its folder, relative to the current directory. */
export interface PipelineFolder {
  readonly id: string;
  readonly folder: string;
}

/** Thrown when a command is called with wrong arguments. The message is one sentence; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Thrown when a command fails for a known reason. The message is one sentence; the exit code is 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/**
 * Runs a command and sets the exit code: 0 for success, 1 for failure, 2 for incorrect usage. An action throws an error,
 * or sets process.exitCode if it has already reported the problem. Errors go to stderr, so that stdout can be piped.
 */
export async function runCommand(
  command: Command,
  { argv, env, stderr, wrongUsageCode = WRONG_USAGE }: Surroundings = process,
): Promise<void> {
  watchOutput();
  const name = command.name();
  prepare(command);
  // Usage lines show what to type: `npm run <script> --` passes the options on.
  command.name(`npm run ${name} --`);
  try {
    await command.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    process.exitCode = isUsage(error) ? wrongUsageCode : FAILED;
    stderr.write(`${report(error, { command, name, debug: isDebug(env) })}\n`);
  }
}

/** Finds a pipeline by its name or folder, `sentinel1` or `pipelines/sentinel1/`. Throws UsageError if it does not exist. */
export function pipelineArgument(value: string, root = 'pipelines'): PipelineFolder {
  const id = basename(value);
  const isName = [id, join(root, id)].includes(normalize(value).replace(/\/$/, ''));
  if (isName && listPipelines(root).includes(id)) return { id, folder: join(root, id) };
  throw new UsageError(`unknown pipeline ${JSON.stringify(value)} ${knownPipelines(root)}`);
}

/** Like pipelineArgument, for an argument that must be present. The error lists the known pipelines, unlike commander's. */
export function requiredPipeline(name: string | undefined): PipelineFolder {
  if (name === undefined) throw new UsageError(`missing argument <pipeline> ${knownPipelines()}`);
  return pipelineArgument(name);
}

/** Returns a parser for an option's value, which throws UsageError unless it is a whole number of at least `least`. */
export function wholeNumber(option: string, least: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (number >= least) return number;
    throw new UsageError(
      `${option} must be a whole number of at least ${least} (given ${JSON.stringify(value)})`,
    );
  };
}

/** By default commander exits the process and prints errors itself; every subcommand must be configured not to. */
function prepare(command: Command): void {
  command.exitOverride();
  command.configureOutput({
    writeErr: () => undefined,
    outputError: () => undefined,
  });
  command.hook('preAction', (_, action) => {
    refuseEmpty(action);
  });
  for (const child of command.commands) prepare(child);
}

/** A shell passes "$NAME" as an empty string if NAME is not set; used as a path, that would be the current directory. */
function refuseEmpty(command: Command): void {
  const option = command.options.find(
    (given) => command.getOptionValue(given.attributeName()) === '',
  );
  const what = option?.long ?? (command.args.includes('') ? 'an argument' : undefined);
  if (what !== undefined) throw new UsageError(`${what} is empty: pass a value or omit it`);
}

function isUsage(error: unknown): boolean {
  return error instanceof CommanderError || error instanceof UsageError;
}

interface Reporting {
  readonly command: Command;
  readonly name: string;
  readonly debug: boolean;
}

function report(error: unknown, { command, name, debug }: Reporting): string {
  // An error may come from another realm.
  if (!(error instanceof Error || types.isNativeError(error))) return `${name}: ${String(error)}`;
  if (isUsage(error)) return usageSentence(usageProblem(error, command), name);
  if (debug) return traceOf(error);
  if (isPlain(error)) return error.message;
  if (error instanceof CommandError) return `${name}: ${error.message}`;
  const sentence = systemSentence(error);
  if (sentence !== undefined) return `${name}: ${sentence}`;
  return `${name}: ${error.name}: ${error.message} (set DEBUG=1 for the stack trace)`;
}

/** Commander prints the help if a subcommand is missing, and has no message for it. */
function usageProblem(error: Error, { commands }: Command): string {
  if (!(error instanceof CommanderError) || error.code !== 'commander.help') return error.message;
  return `missing command (known: ${commands.map((one) => one.name()).join(', ')})`;
}

/** Whether the message says everything. Importing the class BundleError would load esbuild in every command. */
function isPlain(error: Error): boolean {
  if (error instanceof ConfigError || error instanceof PipelineError) return true;
  return error.name === 'BundleError';
}

function usageSentence(problem: string, command: string): string {
  const sentence = problem
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '');
  return `${command}: ${sentence}. Run "npm run ${command} -- --help" for usage.`;
}

/** Whether stacks are printed: DEBUG is set, and not to 0. */
export function isDebug({ DEBUG = '' }: Surroundings['env']): boolean {
  return DEBUG !== '' && DEBUG !== '0';
}
