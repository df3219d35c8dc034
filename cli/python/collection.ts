import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectionNotes, makeCollection } from '../../lambdas/collection-handler.js';
import { PipelineError } from '../../lambdas/runtime/errors.js';
import type { Collection } from '../../lambdas/stac/stac.js';
import { parsePythonFunction, PYTHON_FILE } from '../../modules/config/values/python.js';
import { FieldError } from '../../modules/config/values/error.js';
import { CommandError, type PipelineFolder, UsageError } from '../shared/command.js';
import { pythonInterpreter } from './environment.js';
import { askPython, pythonFunction, type PythonFailure } from './function.js';
import { hintFor } from './hints.js';
import { REQUIREMENTS } from './requirements.js';

/** Links of pystac to where its objects are in memory or on its author's disk. A STAC API makes its own. */
const OWN_LINKS = ['self', 'root', 'parent', 'item', 'items', 'collection'];

interface Source {
  /** `package.module:function`. */
  readonly from: string;
  /** Whether collection.json may be there. */
  readonly force: boolean;
}

/**
 * Writes collection.json of a pipeline from what a Python function returns, which is called without arguments. Throws
 * UsageError and CommandError.
 */
export async function writeCollection(
  pipeline: PipelineFolder,
  { from, force }: Source,
): Promise<void> {
  const { id, folder } = pipeline;
  const file = join(folder, 'collection.json');
  refuseOverwriting(folder, file, force);
  const place = pythonFunction(checkedPlace(from));
  const interpreter = await pythonInterpreter(pipeline);
  const outcome = await askPython(place, { interpreter, folder, isCalled: true });
  if ('error' in outcome) {
    const hint = hintFor(outcome.error, join(folder, REQUIREMENTS));
    throw new CommandError(
      [`${from} ${whyNone(outcome, folder)}`, hint].filter(Boolean).join('\n'),
    );
  }
  const { kept, dropped } = withoutOwnLinks(outcome.value, from);
  writeFileSync(`${file}.new`, `${JSON.stringify(kept, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
  const without = dropped.length === 0 ? '' : `, without its links ${dropped.join(', ')}`;
  note(
    `${id}: wrote ${file} from ${from}${without}. Read it, correct it and commit it: from now on it is the Collection, and ` +
      'Python is not asked again',
  );
  reportFaults(file, kept);
}

function whyNone({ kind, error }: PythonFailure, folder: string): string {
  const own = `a function of your own, for example create_collection in ${folder}/make_collection.py`;
  const pass = 'and pass --from make_collection:create_collection';
  switch (kind) {
    case 'import':
    case 'missing':
      return `cannot be imported: ${error}`;
    case 'arguments':
      return `needs arguments (${error}): call it with them in ${own}, ${pass}`;
    case 'call':
      return `returned no Collection: ${error}`;
    case 'json':
      return `returned a Collection that cannot be written as JSON (${error}): correct it in ${own}, ${pass}`;
  }
}

function refuseOverwriting(folder: string, file: string, force: boolean): void {
  const code = join(folder, 'collection.ts');
  if (existsSync(code)) {
    throw new CommandError(
      `${code} creates the Collection already: remove it to have ${file} instead`,
    );
  }
  if (existsSync(file) && !force) {
    throw new CommandError(`${file} is there already: pass --force to overwrite it`);
  }
}

/** A file has one function that makes Items; a module may have others. */
function checkedPlace(from: string): string {
  try {
    if (from !== PYTHON_FILE) return parsePythonFunction(from);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
  }
  throw new UsageError(`--from must be package.module:function (given ${JSON.stringify(from)})`);
}

interface Link {
  readonly rel?: unknown;
}

interface Cleaned {
  readonly kept: Readonly<Record<string, unknown>>;
  /** The relations of the links that were left out. */
  readonly dropped: readonly string[];
}

function withoutOwnLinks(value: unknown, from: string): Cleaned {
  const given = value as Readonly<Record<string, unknown>>;
  if (given['type'] !== 'Collection') {
    const type = JSON.stringify(given['type']) as string | undefined;
    throw new CommandError(
      `${from} returned no Collection, but an object of the type ${type ?? 'none'}`,
    );
  }
  const links = Array.isArray(given['links']) ? (given['links'] as readonly Link[]) : [];
  const isOwn = ({ rel }: Link): boolean => OWN_LINKS.includes(String(rel));
  const dropped = [...new Set(links.filter(isOwn).map(({ rel }) => String(rel)))];
  return {
    kept: Object.assign({}, given, { links: links.filter((link) => !isOwn(link)) }),
    dropped,
  };
}

/** Throws CommandError if the Collection could not be posted as it is. */
function reportFaults(file: string, value: unknown): void {
  try {
    const collection = makeCollection(() => value as Collection);
    for (const text of collectionNotes(collection)) note(`warning: ${text}`);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    throw new CommandError(`${file} has to be corrected by hand: ${error.message}`);
  }
}

function note(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
