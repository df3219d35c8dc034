import { FieldError } from './error.js';
import type { FieldFault } from './error.js';

/** The file of a pipeline's own Python code, which has a function of the same name. */
export const PYTHON_FILE = 'create_item.py';

const NAME = '[A-Za-z_][A-Za-z0-9_]*';
const DOTTED = new RegExp(`^${NAME}(?:\\.${NAME})*$`);
const IDENTIFIER = new RegExp(`^${NAME}$`);
const IN_MODULE = new RegExp(`^${NAME}(?:\\.${NAME})*:${NAME}$`);

/** Lambda limits the variables of a function to 4 kB in total; the other variables need about half of it. */
const MAX_ARGUMENTS_BYTES = 1500;
const MAX_PATTERN_LENGTH = 256;

/** Parses a place of a Python function. Throws FieldError. */
export function parsePythonFunction(value: string): string {
  if (value === PYTHON_FILE || IN_MODULE.test(value)) return value;
  throw new FieldError(`must be ${PYTHON_FILE} or package.module:function${adviceFor(value)}`);
}

/** What the author of a value probably means. */
function adviceFor(value: string): string {
  if (value.endsWith('.py')) return `: the file of a pipeline is called ${PYTHON_FILE}`;
  const [, module, name] = /^(.+)\.([^.]+)$/.exec(value) ?? [];
  return DOTTED.test(value) && module !== undefined && name !== undefined
    ? `: a colon stands before the function, as in ${module}:${name}`
    : '';
}

/** Parses the name of an argument of a Python function. Throws FieldError. */
export function parseIdentifier(value: string): string {
  if (IDENTIFIER.test(value)) return value;
  throw new FieldError('must be the name of an argument: letters, digits and _, not a digit first');
}

/** Parses the name of a Python class, `ValueError` or `rasterio.errors.RasterioIOError`. Throws FieldError. */
export function parseClassName(value: string): string {
  if (DOTTED.test(value)) return value;
  throw new FieldError(
    'must be the name of a Python class, such as ValueError or rasterio.errors.RasterioIOError',
  );
}

/** Parses the ending of a key. Throws FieldError. */
export function parseFileEnding(value: string): string {
  if (/^\.\.?(\/|$)|\/\.\.?(\/|$)|^\//.test(value))
    throw new FieldError(
      'must be the ending of a key, without a leading / and without . or .. as a folder',
    );
  return value;
}

type Arguments = Readonly<Record<string, unknown>>;

/** Checks the arguments of a Python function, which reach it as JSON. Throws FieldError with every fault. */
export function parsePythonArguments(given: Arguments): void {
  const faults = [
    ...Object.keys(given)
      .filter((name) => !IDENTIFIER.test(name))
      .map((name) => ({
        path: [name],
        message: `has the name ${JSON.stringify(name)}, which no argument of Python can have`,
      })),
    ...notJson(given, []),
  ];
  if (faults.length > 0) throw new FieldError(faults);
  const bytes = Buffer.byteLength(JSON.stringify(given));
  if (bytes > MAX_ARGUMENTS_BYTES) {
    throw new FieldError(
      `must have at most ${MAX_ARGUMENTS_BYTES} bytes as JSON, not ${bytes}: a function of Lambda has 4 kB for all of its variables`,
    );
  }
}

function notJson(value: unknown, path: readonly PropertyKey[]): readonly FieldFault[] {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return [{ path, message: `has the number ${value}, which JSON cannot express` }];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries: readonly (readonly [PropertyKey, unknown])[] = Array.isArray(value)
    ? value.map((one: unknown, index) => [index, one] as const)
    : Object.entries(value);
  return entries.flatMap(([key, one]) => notJson(one, [...path, key]));
}

/** An escape, the start of a group, or another character. */
const TOKENS = /\\[^]|\(\?(?:<?[=!]|<id>|<|[a-z-]*:?)|&&|[^]/g;

/**
 * Parses a regular expression that finds the keys of granules: of the syntax that JavaScript, Athena and the local engine
 * read alike. Throws FieldError.
 *
 * @see https://trino.io/docs/current/functions/regexp.html
 */
export function parseGranulePattern(value: string): string {
  if (value.length > MAX_PATTERN_LENGTH) {
    throw new FieldError(`must have at most ${MAX_PATTERN_LENGTH} characters, not ${value.length}`);
  }
  try {
    new RegExp(value, 'u');
  } catch (error) {
    throw new FieldError(`must be a regular expression: ${reasonOf(error)}`);
  }
  const fault = unportable(value.match(TOKENS) ?? []);
  if (fault !== undefined) throw new FieldError(fault);
  return value;
}

/** The reason at the end of `Invalid regular expression: /(/u: Unterminated group`. */
function reasonOf(error: unknown): string {
  const reason = (error as Error).message.split(': ').at(-1) ?? '';
  return `${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
}

function unportable(tokens: readonly string[]): string | undefined {
  let isClass = false;
  let ids = 0;
  for (const token of tokens) {
    if (token === '(?<id>' && !isClass) ids++;
    // Node 24 takes two of them in alternatives, but Lambda's Node 22 does not.
    if (ids > 1) return 'must be a regular expression: duplicate capture group name';
    const advice = isClass ? adviceInClass(token) : adviceOutside(token);
    if (advice !== undefined) return `must do without ${token}: ${advice}`;
    if (token === '[') isClass = true;
    if (token === ']') isClass = false;
  }
  return undefined;
}

function adviceInClass(token: string): string | undefined {
  return token === '[' || token === '&&'
    ? 'Athena reads it as an operator within [...]; put a backslash before [, and & only once'
    : adviceOnEscape(token);
}

function adviceOutside(token: string): string | undefined {
  return token.startsWith('(?') && token !== '(?:' && token !== '(?<id>'
    ? 'Athena or the local engine does not know it; groups are (, (?: or (?<id>'
    : adviceOnEscape(token);
}

function adviceOnEscape(token: string): string | undefined {
  return /^\\[A-Za-z0-9]/.test(token) && !/^\\[dDwWsSbB]/.test(token)
    ? 'of the escapes with a letter or digit, only \\d, \\w, \\s, \\b and their capitals mean the same everywhere'
    : undefined;
}
