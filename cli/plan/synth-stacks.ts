import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../shared/child.js';

/** Where the stacks of a project are, once they are synthesized. */
export function stackFolder(root: string, pipeline: string): string {
  return join(root, 'cdktf.out', 'stacks', pipeline);
}

/**
 * Synthesizes the stacks of the project in `root` as cdktf does, but quietly. Returns what is wrong, in main.ts's own
 * words, or undefined. `env` stands beside this process's.
 */
export async function trySynthesize(
  root: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const words = ['--import', tsx, '--no-warnings', 'main.ts'];
  const { code, stdout, stderr } = await runChild(process.execPath, words, { cwd: root, env });
  if (code === 0) return undefined;
  return stderr.trim() || stdout.trim() || `main.ts ended with ${code}`;
}
