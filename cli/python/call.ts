import { runChild, type ChildOutcome } from '../shared/child.js';
import { CommandError } from '../shared/command.js';

/** Variables of every call of uv and pip. uv would otherwise download Python from GitHub. */
const ENVIRONMENT = {
  UV_PYTHON_DOWNLOADS: 'never',
  UV_NO_PROGRESS: '1',
  NO_COLOR: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_NO_INPUT: '1',
  PIP_REQUIRE_VIRTUALENV: '0',
  PIP_USER: '0',
} as const;

/** The start and the end of a long reason say most. */
const MAX_HALF_LENGTH = 400;

/** A program and its arguments. */
export type Call = readonly [program: string, ...words: string[]];

/** Runs uv, pip or Python, and collects the output. */
export function call(
  [program, ...words]: Call,
  env: Readonly<Record<string, string>> = {},
): Promise<ChildOutcome> {
  return runChild(program, words, { cwd: '.', env: { ...ENVIRONMENT, ...env } });
}

/** Like call; throws CommandError with the reason in one line if the program fails. @param failed what cannot be done */
export async function mustCall(words: Call, failed: string): Promise<ChildOutcome> {
  const outcome = await call(words);
  if (outcome.code === 0) return outcome;
  throw new CommandError(`${failed}: ${reasonIn(outcome)}`);
}

/** Lines that say what happened on the way, or repeat a fault. */
const CHATTER =
  /^(?:WARNING|DEPRECATION|Looking in|Collecting|Downloading|Using cached|Obtaining|Using Python|warning:|\[notice\]|Resolved \d|Prepared \d|note: This (?:error|is))/;

/** The reason why uv or pip failed, on one line, without the frames and the line breaks that they draw. */
export function reasonIn({ stdout, stderr }: Pick<ChildOutcome, 'stdout' | 'stderr'>): string {
  const lines = (stderr.trim() === '' ? stdout : stderr)
    .replace(/\n\s*hint: .*$/s, '')
    .split('\n')
    .map((line) => line.replace(/^[\s×✗│├╰╭─▶|]+/u, '').trim())
    .filter((line) => line !== '' && !CHATTER.test(line));
  // pip marks the first of the lines that matter; uv writes nothing else.
  const marked = lines.findIndex((line) => /^(?:ERROR|error):/.test(line));
  const text = lines
    .slice(Math.max(0, marked))
    .map((line) => line.replace(/^(?:ERROR|error):\s*/, ''))
    .join(' ');
  return shortened(text === '' ? 'it gave no reason' : text);
}

function shortened(text: string): string {
  if (text.length <= 2 * MAX_HALF_LENGTH) return text;
  return `${text.slice(0, MAX_HALF_LENGTH)} ... ${text.slice(-MAX_HALF_LENGTH)}`;
}
