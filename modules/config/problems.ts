import type { z } from 'zod';
import { CONFIG_FIELDS, CONFIG_KEYS } from './fields.js';
import type { ConfigKey } from './fields.js';
import { suggestion } from './values/nearest.js';
import type { YamlDocument } from './yaml/document.js';
import { START } from './yaml/syntax.js';
import type { YamlProblem } from './yaml/syntax.js';

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

function wrongValue({ path, message }: Issue, document: YamlDocument): YamlProblem {
  const given = document.sourceOf(path);
  return {
    ...(document.positionOf(path) ?? START),
    field: path.join('.'),
    message: given === undefined ? message : `${message} (given ${shown(given)})`,
  };
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
