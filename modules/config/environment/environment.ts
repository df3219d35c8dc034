import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FIELDS, OWN_KEYS, PIPELINE_KEYS, SHARED_KEYS } from '../fields.js';
import type { Fields } from '../fields/field.js';
import { listPipelines } from '../folder.js';
import { partialProblems, problemLines } from '../problems.js';
import { isMet } from '../rules.js';
import type { Tags } from '../values/tags.js';
import { suggestion } from '../values/nearest.js';
import { MAX_YAML_BYTES } from '../yaml/bytes.js';
import { parseYaml, type YamlDocument } from '../yaml/document.js';
import { START, type YamlProblem } from '../yaml/syntax.js';
import { environmentFile, listEnvironments } from './folder.js';
import { isMapping, partOf, tagsIn, valuesOf, type Layer } from './layers.js';

/** What environments/<PROJECT>.yaml says: the values of all pipelines of a project. */
export interface Environment {
  readonly project: string;
  /** The path of the file, as users read it. */
  readonly file: string;
  /** Whether there is such a file. */
  readonly exists: boolean;
  /** Every problem of the file, and of the names of the files beside it, as lines. */
  readonly problems: readonly string[];
  /** Whether the file could be parsed, so that its values are known. */
  readonly isRead: boolean;
  /** The tags for all pipelines, which the stacks of the project itself have, too. */
  readonly tags: Tags;
  /** What the file gives for a pipeline whose config.yaml is `own`: for all pipelines, then for this one. */
  readonly layersOf: (id: string, own: YamlDocument) => readonly Layer[];
}

/** The key of an environment with the values of single pipelines. */
const PIPELINES = 'pipelines';
const EMPTY = 'is empty: add the keys that differ in this environment, or delete the file';

interface Place {
  /** The folder of the project, which contains pipelines/ and environments/. */
  readonly root: string;
  /** A valid value of PROJECT. */
  readonly project: string;
}

/**
 * Reads the environment of a project. Its problems are part of the result, because they are reported together with those
 * of the pipelines. Without a file, config.yaml counts alone. Undefined if the project has no environments at all.
 */
export function readEnvironment({ root, project }: Place): Environment | undefined {
  const { projects, problems } = listEnvironments(root);
  if (projects.length === 0 && problems.length === 0) return undefined;
  const file = environmentFile(root, project);
  const none = {
    project,
    file,
    exists: false,
    isRead: true,
    tags: {},
    problems,
    layersOf: () => [],
  };
  if (!projects.includes(project)) return none;
  const { document, problems: found } = parsed(join(root, 'environments', `${project}.yaml`));
  const ids = listPipelines(join(root, 'pipelines'));
  const own = document === undefined ? [] : documentProblems(document, ids);
  return {
    project,
    file,
    exists: true,
    isRead: document !== undefined,
    tags: tagsIn(document),
    problems: [...problems, ...problemLines([...found, ...own], file)],
    layersOf: (id, config) =>
      document === undefined ? [] : layersIn({ file, document }, { id, config }),
  };
}

function parsed(path: string): ReturnType<typeof parseYaml> {
  try {
    const isTooLarge = statSync(path).size > MAX_YAML_BYTES;
    return parseYaml(isTooLarge ? new Uint8Array(MAX_YAML_BYTES + 1) : readFileSync(path), EMPTY);
  } catch (cause) {
    const message = `cannot be read: ${String(cause).replace(/^Error: /, '')}`;
    return { problems: [{ ...START, field: '', message }] };
  }
}

function documentProblems(document: YamlDocument, ids: readonly string[]): readonly YamlProblem[] {
  const shared = sharedPart(document);
  const misplaced = Object.keys(valuesOf(shared.value)).flatMap((key) => {
    const message = sharedFault(key, ids);
    return message === undefined ? [] : [problemAt(document, [key], message)];
  });
  const known = partOf(shared, [], (key) => sharedFault(key, ids) !== undefined);
  return [...misplaced, ...partialProblems(known), ...entryProblems(document, ids)];
}

/** Why a key cannot be given for all pipelines. */
function sharedFault(key: string, ids: readonly string[]): string | undefined {
  if (isOneOf(SHARED_KEYS, key)) return undefined;
  if (ids.includes(key)) return `is a pipeline: move it below ${PIPELINES}`;
  return ownFault(key) ?? pipelineFault(key) ?? unknownFault(key, [...SHARED_KEYS, PIPELINES]);
}

function pipelineFault(key: string): string | undefined {
  return isOneOf(PIPELINE_KEYS, key)
    ? `cannot be given for all pipelines: move it below ${PIPELINES} and the name of its pipeline`
    : undefined;
}

function ownFault(key: string): string | undefined {
  return isOneOf(OWN_KEYS, key) ? 'can only stand in config.yaml' : undefined;
}

function unknownFault(key: string, known: readonly string[]): string {
  return `is not a key of an environment${suggestion(key.slice(0, 64), known)}`;
}

function entryProblems(document: YamlDocument, ids: readonly string[]): readonly YamlProblem[] {
  const all = valuesOf(document.value)[PIPELINES];
  if (all === undefined) return [];
  if (!isMapping(all)) return [problemAt(document, [PIPELINES], mappingFault(all, 'pipelines'))];
  return Object.entries(all).flatMap(([id, keys]) => {
    if (!ids.includes(id)) return [problemAt(document, [PIPELINES, id], unknownPipeline(id, ids))];
    return isMapping(keys)
      ? keyProblems(partOf(document, [PIPELINES, id]))
      : [problemAt(document, [PIPELINES, id], mappingFault(keys, 'keys of config.yaml'))];
  });
}

function keyProblems(entry: YamlDocument): readonly YamlProblem[] {
  const faultOf = (key: string) =>
    isOneOf(PIPELINE_KEYS, key) ? undefined : (ownFault(key) ?? unknownFault(key, PIPELINE_KEYS));
  const faults = Object.keys(valuesOf(entry.value)).flatMap((key) => {
    const message = faultOf(key);
    return message === undefined ? [] : [problemAt(entry, [key], message)];
  });
  return [...faults, ...partialProblems(partOf(entry, [], (key) => faultOf(key) !== undefined))];
}

function mappingFault(value: unknown, of: string): string {
  return value === null
    ? 'has no value: add one below it, or leave the key out'
    : `must be a mapping of ${of} to their values`;
}

function unknownPipeline(id: string, ids: readonly string[]): string {
  if (isOneOf(PIPELINE_KEYS, id))
    return 'is a key of a pipeline: move it below the name of its pipeline';
  const known = ids.length === 0 ? 'pipelines/ contains none' : `known: ${ids.join(', ')}`;
  return `is not a pipeline${suggestion(id.slice(0, 64), ids)} (${known})`;
}

function problemAt(document: YamlDocument, path: readonly string[], message: string): YamlProblem {
  const field = path.join('.');
  return {
    ...(document.keyPositionOf(path) ?? START),
    field: field === '' ? '""' : field,
    message,
  };
}

function sharedPart(document: YamlDocument): YamlDocument {
  return partOf(document, [], (key) => key === PIPELINES);
}

interface Pipeline {
  readonly id: string;
  /** Its config.yaml. */
  readonly config: YamlDocument;
}

/** Bad keys are left out, because they are problems of the environment and not of each pipeline. */
function layersIn({ file, document }: Layer, { id, config }: Pipeline): readonly Layer[] {
  const entry = partOf(document, [PIPELINES, id], (key) => !isOneOf(PIPELINE_KEYS, key));
  const given = { ...valuesOf(config.value), ...valuesOf(entry.value) };
  const shared = partOf(document, [], (key) => !isOneOf(SHARED_KEYS, key) || !hasNeeds(key, given));
  return [
    { file, document: shared },
    { file, document: entry },
  ];
}

/**
 * Whether a pipeline has what a key for all pipelines needs: max_queue_depth has no effect without an inventory. No key
 * for all pipelines needs another such key.
 */
function hasNeeds(key: string, given: Readonly<Record<string, unknown>>): boolean {
  const fields: Fields = CONFIG_FIELDS;
  const needs = Object.keys(fields[key]?.needs ?? {});
  return needs.every((needed) => isMet(fields[needed], given[needed]));
}

function isOneOf(keys: readonly string[], key: string): boolean {
  return keys.includes(key);
}
