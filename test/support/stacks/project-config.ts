import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../../modules/config/values/error.js';
import { pipelineFolder, yamlOf } from './config-folder.js';

/** Creates a project without code: a context of cdktf.json, and the config of the single pipeline `waves`. */
export function projectFolder(
  context: object = {},
  fields: Readonly<Record<string, string>> = {},
): string {
  const root = mkdtempSync(join(tmpdir(), 'project-'));
  mkdirSync(join(root, 'pipelines'));
  renameSync(pipelineFolder(yamlOf(fields)), join(root, 'pipelines', 'waves'));
  writeFileSync(join(root, 'cdktf.json'), JSON.stringify({ context }));
  return root;
}

/** The problems of the ConfigError that `read` throws. */
export function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
