import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config/values/error.js';
import { moduleFiles } from './write.js';
import { GENERATED_MARK } from './generate/readme.js';
import { PLAIN_MODULES } from './all.js';

/**
 * Writes the modules of these names below `folder`, and takes away what an earlier run left in them. Returns their
 * folders. Throws ConfigError, with nothing written, where a folder holds what no run has left.
 */
export function writeModules(names: readonly string[], folder: string): readonly string[] {
  const modules = PLAIN_MODULES.filter(({ name }) => names.includes(name));
  const made = modules.map((module) => [join(folder, module.name), moduleFiles(module)] as const);
  const foreign = made.map(([path]) => path).filter(isForeign);
  if (foreign.length > 0) throw new ConfigError(foreign.map(whyForeign));
  for (const [path, files] of made) writeFolder(path, files);
  return made.map(([path]) => path);
}

function writeFolder(path: string, files: Readonly<Record<string, string>>): void {
  rmSync(path, { recursive: true, force: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content);
  }
}

function isForeign(path: string): boolean {
  if (!existsSync(path) || readdirSync(path).length === 0) return false;
  const readme = join(path, 'README.md');
  return !existsSync(readme) || !readFileSync(readme, 'utf8').includes(GENERATED_MARK);
}

function whyForeign(path: string): string {
  return `${path} holds files that are not of npm run modules: choose another folder with --out, or empty this one`;
}
