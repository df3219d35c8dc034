import type { YAMLError } from 'yaml';

/** A position in a file; line and column start at 1 and count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
  /** The file, if it is not the one that is read. */
  readonly file?: string;
}

export interface YamlProblem extends Position {
  /** The key or the path of keys; empty if the problem concerns the whole file. */
  readonly field: string;
  readonly message: string;
}

export const START: Position = { line: 1, column: 1 };

/** What is wrong and what to do, by the code of the parser's error. Other errors keep the parser's message. */
const ADVICE: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'starts with a tab; YAML allows only spaces: use two spaces',
  BLOCK_AS_IMPLICIT_KEY:
    'contains ": " in its value, or has the wrong indentation: put the value in quotes',
  MULTILINE_IMPLICIT_KEY: 'is not "key: value": add a colon and a space after the key',
  MULTIPLE_DOCS: 'starts a second document: remove this --- line',
  BAD_SCALAR_START:
    'has a value that starts with a character reserved by YAML: put the value in quotes',
  TAG_RESOLVE_FAILED: 'has a tag (!...); tags are not supported: use a plain value',
  RESOURCE_EXHAUSTION: 'is nested too deeply: a config is a flat list of keys',
};

/** Turns an error of the parser into a problem; `field` is guessed from the line of the error. */
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
