import * as z from 'zod/mini';
import { numberEnv, optionalEnv, requiredEnv } from '../runtime/env.js';
import { ConfigurationError } from '../runtime/errors.js';
import { tryParseJson } from '../runtime/json.js';

/** How a pipeline makes Items with Python, from the keys of config.yaml with the same names. */
export interface PythonSettings {
  /** `create_item.py`, or `package.module:function`. */
  readonly function: string;
  /** Arguments by name, besides the href and the folder for copies. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Whether the function receives the path of a downloaded file, or the href. */
  readonly granuleInput: 'file' | 'href';
  /** Seconds that one granule may take. */
  readonly granuleSeconds: number;
  /** Endings of other keys that are downloaded with the granule; each takes the place of what granule_pattern matches. */
  readonly granuleFiles: readonly string[];
  readonly permanentErrors: readonly string[];
  /** Name of the argument that receives the folder for copies. */
  readonly outputArgument: string;
  readonly requesterPays: boolean;
  /** Path or name of the Python interpreter. */
  readonly executable: string;
  /** Path of worker.py. */
  readonly worker: string;
  /** Path of the folder that contains create_item.py. */
  readonly folder: string;
}

const DEFAULT_GRANULE_SECONDS = 20;

const ARGUMENTS: JsonVariable<Readonly<Record<string, unknown>>> = {
  name: 'PYTHON_ARGUMENTS',
  schema: z.record(z.string(), z.unknown()),
  what: 'a mapping',
};
const ERRORS: JsonVariable<readonly string[]> = {
  name: 'PERMANENT_ERRORS',
  schema: z.array(z.string()),
  what: 'a list of class names',
};

const FILES: JsonVariable<readonly string[]> = {
  name: 'GRANULE_FILES',
  schema: z.array(z.string()),
  what: 'a list of endings of keys',
};

/** Reads the settings from the environment of the function. Throws ConfigurationError. */
export function pythonSettings(): PythonSettings {
  const argumentsText = optionalEnv('PYTHON_ARGUMENTS') ?? '{}';
  const errorsText = optionalEnv('PERMANENT_ERRORS') ?? '[]';
  return {
    function: requiredEnv('PYTHON_FUNCTION'),
    arguments: parsed(argumentsText, ARGUMENTS),
    permanentErrors: parsed(errorsText, ERRORS),
    granuleFiles: parsed(optionalEnv('GRANULE_FILES') ?? '[]', FILES),
    granuleInput: optionalEnv('GRANULE_INPUT') === 'href' ? 'href' : 'file',
    granuleSeconds: numberEnv('GRANULE_SECONDS', DEFAULT_GRANULE_SECONDS),
    outputArgument: optionalEnv('OUTPUT_ARGUMENT') ?? 'output',
    requesterPays: optionalEnv('REQUESTER_PAYS') === 'true',
    executable: requiredEnv('PYTHON_EXECUTABLE'),
    worker: requiredEnv('PYTHON_WORKER'),
    folder: requiredEnv('PYTHON_FOLDER'),
  };
}

/** Whether this process runs a Python pipeline. A module may be loaded elsewhere, only to see what it exports. */
export function isPythonHere(): boolean {
  return optionalEnv('PYTHON_EXECUTABLE') !== undefined;
}

interface JsonVariable<T> {
  readonly name: string;
  readonly schema: z.ZodMiniType<T>;
  /** What the value must be, for the error message. */
  readonly what: string;
}

function parsed<T>(text: string, { name, schema, what }: JsonVariable<T>): T {
  const { data, success } = schema.safeParse(tryParseJson(text));
  if (success) return data;
  throw new ConfigurationError(
    `environment variable ${name} is not ${what} as JSON (given '${text}'): the stack sets it, so deploy the pipeline again`,
  );
}
