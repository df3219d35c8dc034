import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../../modules/config/values/error.js';
import { pipelineFolder } from './config-folder.js';

export interface ProjectFiles {
  /** The text of config.yaml by pipeline. */
  readonly pipelines: Readonly<Record<string, string>>;
  /** The text of the files in environments/, by name. */
  readonly environments?: Readonly<Record<string, string>>;
}

/** Writes a project with pipelines and environments, and returns its folder. */
export function projectFolder({ pipelines, environments = {} }: ProjectFiles): string {
  const root = mkdtempSync(join(tmpdir(), 'project-'));
  mkdirSync(join(root, 'pipelines'));
  for (const [id, yaml] of Object.entries(pipelines))
    renameSync(pipelineFolder(yaml), join(root, 'pipelines', id));
  writeFileSync(join(root, 'cdktf.json'), '{}');
  for (const [name, yaml] of Object.entries(environments)) {
    mkdirSync(join(root, 'environments'), { recursive: true });
    writeFileSync(join(root, 'environments', name), yaml);
  }
  return root;
}

/** Returns the problems with which a reading fails, without the folder of the project; none if it succeeds. */
export function problemsIn(root: string, read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((line) => line.replaceAll(`${root}/`, ''));
  }
}
