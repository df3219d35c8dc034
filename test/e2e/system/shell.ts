import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const MAX_BYTES = 64 * 1024 * 1024;

export interface ShellOptions {
  readonly cwd?: string;
  /** @default the environment of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is ended. @default never */
  readonly timeout?: number;
  /** Text for stdin. @default none */
  readonly input?: string;
}

/** Runs a program and returns its stdout; throws with the command and the end of its stderr if it fails. */
export async function run(
  program: string,
  words: readonly string[],
  { input = '', ...options }: ShellOptions = {},
): Promise<string> {
  try {
    const running = execute(program, words, { maxBuffer: MAX_BYTES, ...options });
    // A program that does not read stdin may have closed it.
    running.child.stdin?.on('error', () => undefined).end(input);
    const { stdout } = await running;
    return stdout;
  } catch (cause) {
    const { stderr, stdout, message } = cause as { stderr?: string; stdout?: string } & Error;
    const said = [stderr, stdout, message]
      .find((text) => text?.trim())
      ?.trim()
      .slice(-2000);
    throw new Error(`${program} ${words.slice(0, 3).join(' ')} failed: ${said ?? ''}`, { cause });
  }
}

/** As run, but returns undefined if the program is missing or fails. */
export async function tryRun(
  program: string,
  words: readonly string[],
  options: ShellOptions = {},
): Promise<string | undefined> {
  try {
    return await run(program, words, options);
  } catch {
    return undefined;
  }
}
