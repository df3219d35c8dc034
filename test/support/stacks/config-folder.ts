import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../../modules/config/values/error.js';
import { readPipelineConfig } from '../../../modules/config/config.js';
import type { PipelineConfig } from '../../../modules/config/config.js';

export const MINIMAL: Readonly<Record<string, string>> = {
  id: 'waves',
  compute: 'awslambda',
  ingestor_url: 'https://ingestor.example.com/api',
  secret_arn: 'arn:aws:secretsmanager:us-west-2:123456789012:secret:ingestor-AbCdEf',
};

export const INVENTORY: Readonly<Record<string, string>> = {
  inventory_location: 's3://reports/daily/waves/everything',
  historic_frequency: '0',
};

/** What a pipeline in Python needs in addition. */
export const PYTHON: Readonly<Record<string, string>> = {
  python_function: 'stactools.waves.stac:create_item',
  granule_pattern: "'\\.nc$'",
  source: '[s3://waves/]',
};

const CODE = 'export const handler = async () => undefined;\n';

/** The files that a pipeline with this config.yaml needs. */
function entriesFor(yaml: string | Uint8Array): readonly string[] {
  const hasBackfill = /^(?:historic_frequency|inventory_location):/m.test(yaml.toString());
  if (/^python_function:/m.test(yaml.toString()))
    return ['requirements.in', 'requirements.txt', 'collection.json', 'create_item.py'];
  return ['app.ts', 'collection.ts', ...(hasBackfill ? ['historic.ts'] : [])];
}

/** Writes the folder of a pipeline, `<root>/waves`, in a new root and returns its path. */
export function pipelineFolder(
  yaml: string | Uint8Array,
  files: readonly string[] = entriesFor(yaml),
): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'pipelines-')), 'waves');
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.yaml'), yaml);
  for (const file of files) writeFileSync(join(folder, file), CODE);
  return folder;
}

/** Returns a minimal config with these keys and values added, as YAML. */
export function yamlOf(fields: Readonly<Record<string, string>>): string {
  return Object.entries({ ...MINIMAL, ...fields })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

export function configOf(fields: Readonly<Record<string, string>>): PipelineConfig {
  return readPipelineConfig(pipelineFolder(yamlOf(fields)));
}

/** Returns the problems of a config without the path: `5:6 sns: ...`. */
export function problemsOf(
  yaml: string | Uint8Array,
  files?: readonly string[],
): readonly string[] {
  const folder = pipelineFolder(yaml, files);
  try {
    readPipelineConfig(folder);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((line) => line.replace(`${folder}/config.yaml:`, ''));
  }
}

/** Returns the problems of a minimal config with `fields` added, without positions. */
export function faultsOf(fields: Readonly<Record<string, string>>): readonly string[] {
  return problemsOf(yamlOf(fields)).map((line) => line.replace(/^\d+:\d+ /, ''));
}
