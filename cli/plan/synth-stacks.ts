import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { runChild } from '../shared/child.js';

/**
 * Synthesizes the stacks of the project in `root` like cdktf, but without its output. `env` is added to the environment
 * of this process. Returns the error message of main.ts, or undefined on success.
 */
export async function trySynthesize(
  root: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const words = ['--import', tsx, '--no-warnings', 'main.ts'];
  const { code, stdout, stderr } = await runChild(process.execPath, words, { cwd: root, env });
  if (code === 0) return undefined;
  return stderr.trim() || stdout.trim() || `main.ts exited with code ${code}`;
}
