import { moduleJson } from './generate/json.js';
import { moduleReadme } from './generate/readme.js';
import type { PlainModule } from './generate/module.js';

const EXAMPLE = 'examples/basic';

/** The files of a module by their paths in its folder. */
export function moduleFiles(module: PlainModule): Readonly<Record<string, string>> {
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

/** A root of its own: it has the provider blocks that a module has not. */
function exampleOf({ name, example, providers = {} }: PlainModule): string {
  const source = '../'.repeat(EXAMPLE.split('/').length).replace(/\/$/, '');
  const needed = Object.keys(providers).length > 0 ? 'providers' : 'provider';
  return (
    `# The least that calls the module ${name}, with the ${needed} that it takes from its caller.\n` +
    `provider "aws" {\n  region = "eu-central-1"\n}\n\n${example.replaceAll('MODULE', source)}`
  );
}

/** Keys in one order, so that a change of the generator's shows as little as possible. */
function text(json: unknown): string {
  return `${JSON.stringify(json, sorted, 2)}\n`;
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries);
}
