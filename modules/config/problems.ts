import type { z } from 'zod';
import { CONFIG_FIELDS, CONFIG_KEYS } from './fields.js';
import type { ConfigKey } from './fields.js';
import { suggestion } from './values/nearest.js';
import type { YamlDocument } from './yaml/document.js';
import { START } from './yaml/syntax.js';
import type { Position, YamlProblem } from './yaml/syntax.js';

type Issue = z.core.$ZodIssue;

const GIVEN_LENGTH = 80;

/** Turns an issue of the schema into problems at lines of the file. */
export function problemsOf(issue: Issue, document: YamlDocument): readonly YamlProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, document));
  const [key] = issue.path;
  if (
    issue.path.length === 1 &&
    isConfigKey(key) &&
    document.keyPositionOf(issue.path) === undefined
  ) {
    return [missingKey(key)];
  }
  return [wrongValue(issue, document)];
}

function unknownKey(key: string, document: YamlDocument): YamlProblem {
  const message = `is not a key of config.yaml${suggestion(key.slice(0, 64), CONFIG_KEYS)}`;
  return { ...(document.keyPositionOf([key]) ?? START), field: key === '' ? '""' : key, message };
}

function missingKey(key: ConfigKey): YamlProblem {
  return { ...START, field: key, message: `is missing: ${CONFIG_FIELDS[key].says}` };
}

function wrongValue(issue: Issue, document: YamlDocument): YamlProblem {
  const { path, message } = issue;
  const given = document.sourceOf(path);
  return {
    ...(positionWithin(issue, document) ?? document.positionOf(path) ?? START),
    field: path.join('.'),
    message: given === undefined ? message : `${message} (given ${shown(given)})`,
  };
}

/** Whether an issue is about the value at one of these places. */
export function isAbout(
  issue: Issue,
  places: readonly Position[],
  document: YamlDocument,
): boolean {
  const path = pathWithin(issue);
  const position = path === undefined ? undefined : document.positionOf(path);
  return places.some(({ line, column }) => line === position?.line && column === position.column);
}

/** The position of what is wrong within the value of a mapping: that of the key, or of the element of a list. */
function positionWithin(issue: Issue, document: YamlDocument): Position | undefined {
  const path = pathWithin(issue);
  if (path === undefined) return undefined;
  return document.keyPositionOf(path) ?? document.positionOf(path);
}

function pathWithin(issue: Issue): readonly PropertyKey[] | undefined {
  const at: unknown = issue.code === 'custom' ? issue.params?.['at'] : undefined;
  const isWithin = Array.isArray(at) && at.length > 0;
  return isWithin ? [...issue.path, ...(at as readonly PropertyKey[])] : undefined;
}

/** The value on one line, shortened, without the user name and password of a URL. */
function shown(source: string): string {
  if (source === '') return '""';
  const line = source.replace(/\s+/g, ' ').replace(/\/\/[^/@]*@/, '//...@');
  return line.length > GIVEN_LENGTH ? `${line.slice(0, GIVEN_LENGTH)}...` : line;
}

function isConfigKey(key: PropertyKey | undefined): key is ConfigKey {
  return CONFIG_KEYS.some((known) => known === key);
}
