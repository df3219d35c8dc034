import { test } from '@jest/globals';
import { pythonInterpreter } from '../../cli/python/environment.js';
import { CommandError, type PipelineFolder } from '../../cli/shared/command.js';

/** The interpreter that has the packages of a lock, or why there is none. */
export type Environment = { readonly python: string } | { readonly missing: string };

/**
 * Installs the packages of a lock once, with all variables of this process: uv and pip may need them to reach their index.
 * There is no environment without Python 3.11, or without the index if it was not installed before.
 */
export async function pythonEnvironment(folder: PipelineFolder): Promise<Environment> {
  try {
    return { python: await pythonInterpreter(folder) };
  } catch (error) {
    if (error instanceof CommandError) return { missing: error.message };
    throw error;
  }
}

/** Declares a test that needs the packages of a lock; its title says why where it is skipped. */
export function testWithPackages(
  environment: Environment,
  title: string,
  body: (python: string) => Promise<void>,
): void {
  if ('python' in environment) test(title, () => body(environment.python));
  else test.skip(`${title} (skipped: ${environment.missing})`, () => undefined);
}
