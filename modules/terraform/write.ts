import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config/values/error.js';
import { TERRAFORM_MODULES } from './all.js';
import { moduleJson } from './generate/json.js';
import type { TerraformModule } from './generate/module.js';
import { GENERATED_MARK, moduleReadme } from './generate/readme.js';

/**
 * Writes the modules with these names to folders in `folder`, and removes what earlier runs wrote there. Returns the
 * folders. Throws ConfigError before it writes anything if a folder contains other files.
 */
export function writeModules(names: readonly string[], folder: string): readonly string[] {
  const modules = TERRAFORM_MODULES.filter(({ name }) => names.includes(name));
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
  return `${path} contains files that npm run modules did not write: choose another folder with --out, or empty this one`;
}

const EXAMPLE = 'examples/basic';

/** Returns the files of a module by their paths in its folder. */
export function moduleFiles(module: TerraformModule): Readonly<Record<string, string>> {
  const json = moduleJson(module);
  return {
    'main.tf.json': text(json.main),
    'variables.tf.json': text({ variable: json.variables }),
    'outputs.tf.json': text({ output: json.outputs }),
    'versions.tf.json': text({ terraform: json.versions }),
    [`${EXAMPLE}/main.tf`]: exampleOf(module),
    'README.md': moduleReadme(module, json),
  };
}

/** A root module with the provider blocks that the module itself does not have. */
function exampleOf({ name, example, providers = {} }: TerraformModule): string {
  const source = '../'.repeat(EXAMPLE.split('/').length).replace(/\/$/, '');
  const needed = Object.keys(providers).length > 0 ? 'providers' : 'provider';
  return (
    `# A minimal call of the module ${name}, with the ${needed} that it takes from its caller.\n` +
    `provider "aws" {\n  region = "eu-central-1"\n}\n\n${example.replaceAll('MODULE', source)}`
  );
}

/** Sorts the keys, so that a change of the generator causes a small diff. */
function text(json: unknown): string {
  return `${JSON.stringify(json, sorted, 2)}\n`;
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries);
}
