import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../../modules/config/values/error.js';
import { runChild } from '../shared/child.js';
import { CommandError, type PipelineFolder } from '../shared/command.js';
import { localConfig } from '../shared/local-config.js';
import { pythonInterpreter } from './environment.js';
import { askPython, functionInConfig, pythonFunction } from './function.js';
import { hintFor } from './hints.js';
import { imagePython, versionOf } from './interpreter.js';
import { REQUIREMENTS } from './requirements.js';

type Print = (sentence: string) => void;

/**
 * Shows that a lock works: installs it, imports python_function, and creates one Item from the sample, as `npm run item`
 * does. Without a sample or with an incomplete config.yaml there is no Item, and a sentence says so. Throws CommandError
 * with the line that requirements.in lacks, where it is known. Says with which Python it was shown, and if the image has
 * another one.
 */
export async function runGate(pipeline: PipelineFolder, print: Print): Promise<void> {
  const interpreter = await importFunction(pipeline, print);
  const version = await versionOf(interpreter);
  const granule = sampleGranule(pipeline);
  if (typeof granule === 'string') {
    await createItem(pipeline, granule);
    print(`${pipeline.id}: created an Item of ${granule} with Python ${version}`);
  } else {
    print(
      `${pipeline.id}: Python ${version} can import the function; no Item was created, because ${granule.why}`,
    );
  }
  const deployed = imagePython();
  if (deployed !== undefined && deployed !== version) {
    print(
      `warning: the image of ${pipeline.id} has Python ${deployed}, with which nothing was tried: install Python ${deployed}, ` +
        'delete .python, and lock again; or set PYTHON_IMAGE to an image with Python ' +
        version,
    );
  }
}

/** Installs the lock and imports python_function. Resolves to the path of the interpreter. Throws CommandError. */
export async function importFunction(pipeline: PipelineFolder, print: Print): Promise<string> {
  const interpreter = await pythonInterpreter(pipeline, { print });
  const { folder } = pipeline;
  const place = functionInConfig(pipeline);
  const wanted = pythonFunction(place);
  const outcome = await askPython(wanted, { interpreter, folder, isCalled: false });
  if ('error' in outcome) {
    const [, absent] = /No module named '([\w.]+)'/.exec(outcome.error) ?? [];
    if (absent !== undefined && `${wanted.module}.`.startsWith(`${absent}.`)) {
      throw new CommandError(
        `no package of ${join(folder, REQUIREMENTS)} has the module ${absent}: add its package, or correct python_function (given ${place})`,
      );
    }
    throw new CommandError(withHint(`${place} cannot be imported: ${outcome.error}`, pipeline));
  }
  return interpreter;
}

/** The first file of the sample that is a granule by granule_pattern, or why there is none. */
function sampleGranule({ id, folder }: PipelineFolder): string | { readonly why: string } {
  const bucket = join(folder, 'sample', 'bucket');
  const pattern = patternOf(folder);
  if (typeof pattern === 'object' && 'why' in pattern) return pattern;
  if (pattern === undefined) {
    return { why: `only app.ts knows which files are granules: try npm run local -- ${id}` };
  }
  const keys = existsSync(bucket) ? keysIn(bucket) : [];
  const key = keys.find((one) => pattern.test(one));
  if (key !== undefined) return join(bucket, key);
  return {
    why: `${bucket} has no file whose path there matches granule_pattern: put a granule there, and run it again`,
  };
}

function patternOf(folder: string): RegExp | undefined | { readonly why: string } {
  try {
    const { granule_pattern: pattern } = localConfig(folder);
    return pattern === undefined ? undefined : new RegExp(pattern, 'u');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { why: `the pipeline is not complete:\n${error.message}` };
  }
}

function keysIn(bucket: string): readonly string[] {
  return readdirSync(bucket, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(bucket.length + 1))
    .sort();
}

const ITEM = resolve(import.meta.dirname, '../item.ts');

async function createItem(pipeline: PipelineFolder, granule: string): Promise<void> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const words = ['--import', tsx, '--no-warnings', ITEM, pipeline.id, granule];
  const { code, stdout, stderr } = await runChild(process.execPath, words, { cwd: '.' });
  if (code === 0 && stdout.trim() !== '') return;
  const reason = stderr.trim() === '' ? 'it has no Item' : stderr.trim();
  throw new CommandError(withHint(`no Item of the sample could be created: ${reason}`, pipeline));
}

function withHint(text: string, { folder }: PipelineFolder): string {
  const hint = hintFor(text, join(folder, REQUIREMENTS));
  return hint === undefined ? text : `${text}\n${hint}`;
}
