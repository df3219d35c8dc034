import type { YAMLError } from 'yaml';

/** 1-based, in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem extends Position {
  /** Key or path of keys; empty where the problem is the file's. */
  readonly field: string;
  readonly message: string;
}

export const START: Position = { line: 1, column: 1 };

/** What to change, by the parser's code; the parser's own words where the code says nothing to a layman. */
const ADVICE: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'begins with a tab, and YAML is indented with blanks: replace it by two blanks',
  BLOCK_AS_IMPLICIT_KEY:
    'has a value with ": " in it, or a wrong indentation: put the value in quotes',
  MULTILINE_IMPLICIT_KEY:
    'is not of the form "key: value": write a colon and a blank behind the key',
  MULTIPLE_DOCS: 'begins a second document: remove this --- line and keep one document',
  BAD_SCALAR_START:
    'has a value that begins with a character reserved by YAML: put the value in quotes',
  TAG_RESOLVE_FAILED: 'has a tag (!...): write a plain value',
  RESOURCE_EXHAUSTION: 'is nested too deeply: config.yaml is a flat list of keys',
};

/** The parser's error as a problem; `field` is guessed from the line it stands on. */
export function syntaxProblem(
  error: YAMLError,
  source: string,
  { line, column }: Position,
): YamlProblem {
  const field = /^\s*([\w-]+)\s*:/.exec(source.split(/\r\n|\r|\n/)[line - 1] ?? '')?.[1] ?? '';
  const message = ADVICE[error.code] ?? `is not valid YAML: ${firstLine(error.message)}`;
  return { line, column, field, message };
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? '';
}
