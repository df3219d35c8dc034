import { isUtf8 as nodeIsUtf8 } from 'node:buffer';
import { START } from './syntax.js';
import type { YamlProblem } from './syntax.js';

/** The largest config that is read: far above any sensible one. */
export const MAX_YAML_BYTES = 65_536;

/** A config needs 3 levels. About 10,000 levels overflow the parser's stack and end the process. */
const MAX_DEPTH = 32;

/** Decodes a YAML file; returns a problem if it cannot be parsed. */
export function decodeYaml(bytes: Uint8Array): string | YamlProblem {
  if (bytes.length > MAX_YAML_BYTES) {
    return problem(`is too large: a config may have at most ${MAX_YAML_BYTES} bytes`);
  }
  const source = new TextDecoder().decode(bytes);
  if (!isUtf8(bytes)) {
    const line = source.slice(0, source.search(/[\uFFFD\0]/)).split('\n').length;
    return problem('contains bytes that are not UTF-8 text: save the file as UTF-8', line);
  }
  if (isTooDeep(source)) return problem('is nested too deeply: a config is a flat list of keys');
  return source;
}

/** NUL is refused because UTF-16 without a byte order mark would pass as UTF-8. */
function isUtf8(bytes: Uint8Array): boolean {
  return nodeIsUtf8(bytes) && !bytes.includes(0);
}

function isTooDeep(source: string): boolean {
  if (source.split('\n').some((line) => /^\s*([-?:]\s+){33}/.test(line))) return true;
  let depth = 0;
  let deepest = 0;
  for (const character of source) {
    if ('[{'.includes(character)) deepest = Math.max(deepest, ++depth);
    if (']}'.includes(character)) depth = Math.max(0, depth - 1);
  }
  return deepest > MAX_DEPTH;
}

function problem(message: string, line = START.line): YamlProblem {
  return { line, column: START.column, field: '', message };
}
