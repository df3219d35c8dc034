import type { z } from 'zod';
import { PartialConfigSchema } from './schema.js';
import { misplacedKeys } from './misplaced.js';
import { unquotedValues } from './quoting.js';
import { CONFIG_FIELDS, CONFIG_KEYS } from './fields.js';
import type { ConfigKey } from './fields.js';
import { suggestion } from './values/nearest.js';
import type { YamlDocument } from './yaml/document.js';
import { START } from './yaml/syntax.js';
import type { Position, YamlProblem } from './yaml/syntax.js';

type Issue = z.core.$ZodIssue;

const GIVEN_LENGTH = 80;

/** Why the document of a config is refused, apart from what follows from another problem. */
export interface Checked {
  readonly document: YamlDocument;
  readonly issues: readonly Issue[];
  /** Ends the problem of a key that is missing. */
  readonly hint?: string | undefined;
}

/** Returns the problems of a document, by what the schema says of it. */
export function documentProblems({ document, issues, hint }: Checked): readonly YamlProblem[] {
  const misplaced = misplacedKeys(document);
  const unquoted = unquotedValues(document);
  const own = issues.filter(
    (issue) => !misplaced.fields.has(String(issue.path[0])) && !isAbout(issue, unquoted, document),
  );
  return [
    ...misplaced.problems,
    ...own.flatMap((issue) => problemsOf(issue, { document, hint })),
    ...unquoted,
  ];
}

/** Returns the problems of a part of a config, in which keys may be missing. */
export function partialProblems(document: YamlDocument): readonly YamlProblem[] {
  const { error } = PartialConfigSchema.safeParse(document.value);
  return documentProblems({ document, issues: error?.issues ?? [] });
}

/** Returns problems as lines for users, in their order in `file`, then in the other files. */
export function problemLines(problems: readonly YamlProblem[], file: string): readonly string[] {
  const lines = problems
    .map((problem) => ({ ...problem, file: problem.file ?? file }))
    .toSorted(
      (one, other) =>
        Number(one.file !== file) - Number(other.file !== file) ||
        one.line - other.line ||
        one.column - other.column,
    )
    .map(({ line, column, field, message, ...at }) => {
      const about = field === '' ? '' : `${field}: `;
      return `${at.file}:${line}:${column} ${about}${message}`;
    });
  return [...new Set(lines)];
}

/** Turns an issue of the schema into problems at lines of the file. */
function problemsOf(
  issue: Issue,
  { document, hint }: Omit<Checked, 'issues'>,
): readonly YamlProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, document));
  const [key] = issue.path;
  if (
    issue.path.length === 1 &&
    isConfigKey(key) &&
    document.keyPositionOf(issue.path) === undefined
  ) {
    return [missingKey(key, hint)];
  }
  return [wrongValue(issue, document)];
}

function unknownKey(key: string, document: YamlDocument): YamlProblem {
  const message = `is not a key of config.yaml${suggestion(key.slice(0, 64), CONFIG_KEYS)}`;
  return { ...(document.keyPositionOf([key]) ?? START), field: key === '' ? '""' : key, message };
}

function missingKey(key: ConfigKey, hint = ''): YamlProblem {
  return { ...START, field: key, message: `is missing: ${CONFIG_FIELDS[key].says}${hint}` };
}

function wrongValue(issue: Issue, document: YamlDocument): YamlProblem {
  const { path, message } = issue;
  const given = document.sourceOf(path);
  const position = positionWithin(issue, document) ?? document.positionOf(path) ?? START;
  const elsewhere = otherPlaces(issue, document, position);
  return {
    ...position,
    field: path.join('.'),
    message: `${message}${given === undefined ? '' : ` (given ${shown(given)})`}${elsewhere}`,
  };
}

/** Where the other keys of a rule stand, if that is another file. */
function otherPlaces(issue: Issue, document: YamlDocument, { file }: Position): string {
  const others: unknown = issue.code === 'custom' ? issue.params?.['with'] : undefined;
  const places = (Array.isArray(others) ? others : []).flatMap((key: string) => {
    const position = document.keyPositionOf([key]);
    if (position?.file === undefined || position.file === file) return [];
    return [`${key} stands in ${position.file}:${position.line}`];
  });
  return places.length === 0 ? '' : `; ${places.join(', ')}`;
}

/** Whether an issue is about the value at one of these places. */
function isAbout(issue: Issue, places: readonly Position[], document: YamlDocument): boolean {
  const path = pathWithin(issue);
  const position = path === undefined ? undefined : document.positionOf(path);
  return places.some(
    ({ file, line, column }) =>
      file === position?.file && line === position?.line && column === position.column,
  );
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
