/** An attribute of a start tag; a tag has its last one, and each has the one before it. */
export interface Attribute {
  /** As written, prefix included. */
  readonly name: string;
  readonly value: string;
  readonly before: Attribute | undefined;
}

/** ` name="value"` again and again, between `start` and `end`: known to be well-formed, space around them allowed. */
export function readAttributes(source: string, start: number, end: number): Attribute | undefined {
  let last: Attribute | undefined;
  for (let at = skipSpace(source, start); at < end;) {
    const equals = source.indexOf('=', at);
    const close = source.indexOf('"', equals + 2);
    last = { name: source.slice(at, equals), value: source.slice(equals + 2, close), before: last };
    at = skipSpace(source, close + 1);
  }
  return last;
}

export function tryFindAttribute(
  attribute: Attribute | undefined,
  name: string,
): Attribute | undefined {
  let found = attribute;
  while (found !== undefined && found.name !== name) found = found.before;
  return found;
}

const SPACE = 0x20;

function skipSpace(source: string, start: number): number {
  let at = start;
  while (source.charCodeAt(at) <= SPACE) at += 1;
  return at;
}
