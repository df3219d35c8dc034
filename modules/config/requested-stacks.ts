import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError } from './values/error.js';
import { listPipelines, noPipeline, shownPath } from './folder.js';

/** cdktf starts main.ts through a shell, or two. */
const MAX_ANCESTORS = 4;
/** cdktf's verbs that run this program, and their aliases. */
const VERBS = [
  ...['list', 'synth', 'synthesize', 'diff', 'plan', 'deploy', 'apply', 'destroy'],
  ...['output', 'outputs', 'watch'],
];
/** cdktf takes patterns; whether one matches anything is for cdktf to say. */
const PLAIN_NAME = /^[\w-]+$/;

/**
 * Throws ConfigError, which lists the pipelines, where the cdktf that runs this program was asked for a stack that
 * there is none of: cdktf's own sentence lists nothing.
 */
export function refuseUnknownStacks(root: string, requested = requestedStacks()): void {
  const pipelines = join(root, 'pipelines');
  const known = listPipelines(pipelines);
  const unknown = requested.filter((name) => PLAIN_NAME.test(name) && !known.includes(name));
  if (unknown.length > 0)
    throw new ConfigError(unknown.map((name) => noPipeline(name, shownPath(pipelines))));
}

/** cdktf tells the program nothing of its own arguments, so they are looked up where /proc is; elsewhere none. */
function requestedStacks(): readonly string[] {
  let pid = process.ppid;
  for (let count = 0; count < MAX_ANCESTORS; count++) {
    const stacks = stacksIn(readProcess(pid, 'cmdline').split('\0'));
    if (stacks !== undefined) return stacks;
    pid = Number(/^PPid:\s*(\d+)/m.exec(readProcess(pid, 'status'))?.[1] ?? 0);
  }
  return [];
}

function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Undefined for any program but cdktf. */
export function stacksIn(words: readonly string[]): readonly string[] | undefined {
  const program = words.findIndex((word) => ['cdktf', 'cdktf.js'].includes(basename(word)));
  if (program === -1 || !VERBS.includes(words[program + 1] ?? '')) return undefined;
  return leadingNames(words.slice(program + 2));
}

/** The stacks among the words behind a verb of cdktf. Names come first: what follows an option may be its value. */
export function leadingNames(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word === '' || word.startsWith('-'));
  return end === -1 ? words : words.slice(0, end);
}
