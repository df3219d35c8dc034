import { join, resolve } from 'node:path';
import { givenTexts } from '../../modules/config/environment/keys.js';
import type { ConfigKey } from '../../modules/config/fields.js';
import { CommandError, type PipelineFolder } from '../shared/command.js';
import { call } from './call.js';

/** The place of a Python function. */
export interface PythonFunction {
  readonly module: string;
  readonly name: string;
}

/** Parses `package.module:function` or `create_item.py`, whose function is called create_item. */
export function pythonFunction(place: string): PythonFunction {
  const [module = '', name = 'create_item'] = place.replace(/\.py$/, '').split(':');
  return { module, name };
}

/**
 * Returns a key of a config that may have problems: a pipeline without a lock cannot be read as a whole. The environment
 * of PROJECT takes precedence over config.yaml, and this over other environments. Undefined if it is missing. Throws
 * ConfigError if there is no config.yaml that can be parsed.
 */
function keyOfConfig(folder: string, key: ConfigKey): string | undefined {
  const texts = givenTexts(folder, key);
  const own = texts.find(({ project }) => project === process.env['PROJECT']);
  return (own ?? texts[0])?.text;
}

/** Returns python_function of a config.yaml. Throws CommandError if it is missing. */
export function functionInConfig({ folder }: PipelineFolder): string {
  const place = keyOfConfig(folder, 'python_function');
  if (place !== undefined) return place;
  throw new CommandError(
    `${folder}/config.yaml has no python_function: only a pipeline in Python has a lock`,
  );
}

/** What became of importing a function, and of calling it. */
export type PythonOutcome = { readonly value: unknown } | PythonFailure;

/** Why there is no value. The error of `arguments` is their names, that of `json` the place of what JSON lacks. */
export interface PythonFailure {
  readonly kind: 'import' | 'missing' | 'arguments' | 'call' | 'json';
  readonly error: string;
}

const PROGRAM = join(import.meta.dirname, 'ask.py');

interface CallRequest {
  /** Path of the interpreter in the pipeline's environment. */
  readonly interpreter: string;
  readonly folder: string;
  /** Whether to call the function, without arguments. */
  readonly isCalled: boolean;
}

/** Imports a function in an environment, and calls it if asked to. Throws CommandError if Python itself ends. */
export async function askPython(
  { module, name }: PythonFunction,
  { interpreter, folder, isCalled }: CallRequest,
): Promise<PythonOutcome> {
  const words = [module, name, resolve(folder), isCalled ? 'yes' : 'no'];
  const { stdout, stderr, code } = await call([interpreter, PROGRAM, ...words]);
  try {
    return JSON.parse(stdout) as PythonOutcome;
  } catch {
    const last = stderr.trim().split('\n').at(-1) ?? '';
    throw new CommandError(`Python ended with code ${code} while it imported ${module}: ${last}`);
  }
}
