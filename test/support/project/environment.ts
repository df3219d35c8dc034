import type { ProjectFile } from './files.js';
import { importsOf, reachedFrom } from './imports.js';

const READERS = ['requiredEnv', 'optionalEnv', 'numberEnv'];
/** It defines the readers. */
const READERS_FILE = 'lambdas/runtime/env.ts';

/**
 * Returns the names of the environment variables that code reachable from `entry` reads, in alphabetical order;
 * with `readers`, only of those that these functions of lambdas/runtime/env.ts read.
 * Throws if a name is not written where it is read, and not passed through a function of the same file either.
 */
export function environmentReadFrom(
  files: readonly ProjectFile[],
  entry: string,
  readers: readonly string[] = READERS,
): string[] {
  const untyped = files.map(({ file, text }) => ({ file, text: withoutTypeImports(text) }));
  const reached = reachedFrom(importsOf(untyped), [entry]).add(entry);
  const names = untyped
    .filter(({ file }) => reached.has(file) && file !== READERS_FILE)
    .flatMap((file) => namesIn(file, readers));
  return [...new Set(names)].sort();
}

/** Imports of types alone load no code. */
function withoutTypeImports(text: string): string {
  return text.replace(/^(?:import|export) type [^;]*;/gm, '');
}

function namesIn({ file, text }: ProjectFile, readers: readonly string[]): string[] {
  const own = definitions(text, readers);
  const names = [...readers, ...own.map(({ name }) => name)].join('|');
  const calls = text.matchAll(new RegExp(`(?<!function )\\b(?:${names})\\(\\s*([^),]*)`, 'g'));
  const direct = text.matchAll(/\bprocess\.env\b(?:\['\w+'\]|\.\w+)?/g);
  const given = [...[...calls].map(([, argument = '']) => argument.trim()), ...[...direct].flat()];
  return given.flatMap((argument) => {
    const name = /^(?:process\.env\.|process\.env\[)?'?(\w+)'?\]?$/.exec(argument)?.[1];
    if (own.some(({ parameter }) => parameter === argument)) return [];
    if (name !== undefined && name !== argument) return [name];
    throw new Error(`${file}: which environment variable is read by ${argument}?`);
  });
}

/** Finds functions such as optionalNumber(name), which pass the name on to a reader. */
function definitions(
  text: string,
  readers: readonly string[],
): { readonly name: string; readonly parameter: string }[] {
  const found = text.matchAll(/^(?:export )?function (\w+)\((\w+): string\b[\s\S]*?^\}/gm);
  return [...found].flatMap(([body, name = '', parameter = '']) =>
    readers.some((reader) => body.includes(`${reader}(${parameter}`)) ? [{ name, parameter }] : [],
  );
}
