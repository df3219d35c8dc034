import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PipelineConfig } from '../../modules/config/config.js';
import { keyVariables, pythonVariables } from '../../modules/config/python-variables.js';
import type { PipelineFolder } from '../shared/command.js';
import { LOCK, pythonInterpreter } from './environment.js';

const WORKER = 'lambdas/python/worker.py';

/** Sets the variables with which this process reads messages and rows by granule_pattern. */
export function useKeyVariables(config: PipelineConfig): void {
  Object.assign(process.env, keyVariables(config));
}

interface LocalGranules {
  /** Whether hrefs in S3 stand for files on disk, which a package cannot know. */
  readonly areOnDisk: boolean;
  /** Whether the hrefs of the files that the pipeline writes are paths on disk. @default those of a deployment */
  readonly outputsHref?: 'file' | undefined;
}

/**
 * Returns the environment variables with which this machine makes the Items of a pipeline, as a deployed function has
 * them. Installs the packages of a Python pipeline if necessary. Throws CommandError.
 */
export async function granuleVariables(
  pipeline: PipelineFolder,
  config: PipelineConfig,
  { areOnDisk, outputsHref }: LocalGranules,
): Promise<Readonly<Record<string, string>>> {
  const { outputs } = config;
  return {
    ...(outputs !== undefined && { OUTPUTS: outputs }),
    ...(outputsHref !== undefined && { OUTPUTS_HREF: outputsHref }),
    ...(await pythonOnly(pipeline, config)),
    ...(areOnDisk && { GRANULE_INPUT: 'file' }),
  };
}

async function pythonOnly(
  { id, folder }: PipelineFolder,
  config: PipelineConfig,
): Promise<Readonly<Record<string, string>>> {
  const { python_function, memory_mb, requester_pays, region } = config;
  if (python_function === undefined) return {};
  return {
    ...pythonVariables({ ...config, python_function }),
    REQUESTER_PAYS: String(requester_pays),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory_mb),
    ...(process.env['AWS_REGION'] === undefined && { AWS_REGION: region }),
    PYTHON_EXECUTABLE: await pythonInterpreter({ id, folder }),
    PYTHON_WORKER: resolve(WORKER),
    PYTHON_FOLDER: resolve(folder),
  };
}

/** What the Items of a Python pipeline depend on, by name; empty for others. */
export function pythonBasis(
  { id, folder }: PipelineFolder,
  config: PipelineConfig,
): Readonly<Record<string, string>> {
  const { python_function } = config;
  if (python_function === undefined) return {};
  return {
    [`the Python code of ${id}`]: codeHash(folder),
    'the Python keys of config.yaml': JSON.stringify(
      pythonVariables({ ...config, python_function }),
    ),
  };
}

/** A hash of the lock and the Python files of a folder, and of the worker. */
function codeHash(folder: string): string {
  const names = readdirSync(folder).filter((name) => name === LOCK || name.endsWith('.py'));
  const hash = createHash('sha256').update(readFileSync(WORKER));
  for (const name of names.sort()) {
    const path = join(folder, name);
    if (existsSync(path)) hash.update(`\0${name}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}
