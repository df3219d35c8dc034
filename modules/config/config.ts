import { basename, dirname, join, resolve } from 'node:path';
import { readEnvironment, type Environment } from './environment/environment.js';
import { mergeLayers, type Layer } from './environment/layers.js';
import { ConfigError } from './values/error.js';
import { CONFIG_FIELDS } from './fields.js';
import type { PipelineConfig } from './fields.js';
import { fieldSchema } from './fields/types.js';
import { documentProblems, partialProblems, problemLines } from './problems.js';
import { PipelineConfigSchema } from './schema.js';
import { fileProblems } from './files.js';
import { readConfigFile, shownPath } from './folder.js';
import { parseYaml } from './yaml/document.js';
import type { YamlDocument } from './yaml/document.js';
import type { YamlProblem } from './yaml/syntax.js';

export { listPipelines } from './folder.js';
export type { PipelineConfig } from './fields.js';

/** The config of a pipeline, and where its values stand. */
export interface ReadConfig {
  readonly config: PipelineConfig;
  /** The keys that are given, by config.yaml or the environment. Their positions name their files. */
  readonly given: YamlDocument;
}

/**
 * Reads the config of the pipeline in `folder`: its config.yaml, over which the values of the environment take
 * precedence. Throws ConfigError with every problem of the folder and of the environment.
 */
export function readPipelineConfig(folder: string, environment?: Environment): PipelineConfig {
  return readConfigOf(folder, environment).config;
}

/** Reads the config of the pipeline in `folder` for a project, as it is deployed. Throws like readPipelineConfig. */
export function readProjectConfig(folder: string, project: string): PipelineConfig {
  return readPipelineConfig(folder, environmentOf(folder, project));
}

/** Reads the environment of a project beside the folder pipelines/ that has `folder`. */
export function environmentOf(folder: string, project: string): Environment | undefined {
  return readEnvironment({ root: rootOf(folder), project });
}

/** The folder of the project that the folder of a pipeline belongs to. */
export function rootOf(folder: string): string {
  return dirname(dirname(resolve(folder)));
}

/** Like readPipelineConfig, with the places of the values. Throws ConfigError. */
export function readConfigOf(folder: string, environment?: Environment): ReadConfig {
  const own = readOwn(folder);
  if (environment?.isRead === false) {
    throw new ConfigError([...environment.problems, ...ownLines(folder, own)]);
  }
  const layers = environment?.layersOf(basename(resolve(folder)), own.document) ?? [];
  return checkLayers(folder, { own, layers: [own, ...layers], environment });
}

/** A config.yaml that could be parsed. */
export interface OwnConfig extends Layer {
  readonly problems: readonly YamlProblem[];
}

/** Parses config.yaml. Throws ConfigError if that is not possible. */
export function readOwn(folder: string): OwnConfig {
  const file = shownPath(join(folder, 'config.yaml'));
  const { document, problems } = parseYaml(readConfigFile(folder));
  if (document === undefined) throw new ConfigError(problemLines(problems, file));
  return { file, document, problems };
}

/** Checks what stands in config.yaml; a key that is missing may be given by an environment. Throws ConfigError. */
export function checkOwnConfig(folder: string): void {
  const lines = ownLines(folder, readOwn(folder));
  if (lines.length > 0) throw new ConfigError(lines);
}

function ownLines(folder: string, { file, document, problems }: OwnConfig): readonly string[] {
  const found = [...problems, ...partialProblems(document), ...otherName(folder, document)];
  return problemLines(found, file);
}

interface Layers {
  readonly own: OwnConfig;
  /** From the least to the most important. */
  readonly layers: readonly Layer[];
  readonly environment?: Environment | undefined;
}

/** Checks layers together, and config.yaml alone, whose values they may hide. Throws ConfigError. */
export function checkLayers(folder: string, { own, layers, environment }: Layers): ReadConfig {
  const given = mergeLayers(layers);
  const config = PipelineConfigSchema.safeParse(given.value);
  const hint = hintOf(environment);
  const found = problemLines(
    [
      ...own.problems,
      ...documentProblems({ document: given, issues: config.error?.issues ?? [], hint }),
      ...(layers.length > 1 ? partialProblems(own.document) : []),
      ...fileProblems(folder, given),
      ...otherName(folder, own.document),
    ],
    own.file,
  );
  const lines = [...new Set([...(environment?.problems ?? []), ...found])];
  if (!config.success || lines.length > 0) throw new ConfigError(lines);
  return { config: config.data, given };
}

function hintOf(environment: Environment | undefined): string | undefined {
  if (environment === undefined) return undefined;
  const { file, exists } = environment;
  return exists ? ` (nor does ${file} have it)` : ` (nor is there ${file}, which could have it)`;
}

function otherName(folder: string, document: YamlDocument): readonly YamlProblem[] {
  const id = fieldSchema(CONFIG_FIELDS.id).safeParse(document.sourceOf(['id']));
  const name = basename(resolve(folder));
  const position = document.positionOf(['id']);
  if (!id.success || id.data === name || position === undefined) return [];
  const message = `must be the name of the folder, ${name} (given ${String(id.data)})`;
  return [{ ...position, field: 'id', message }];
}
