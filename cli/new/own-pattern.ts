import { parseGranulePattern } from '../../modules/config/values/python.js';
import { FieldError } from '../../modules/config/values/error.js';
import type { Answers } from './answers.js';
import { parseDayPart, type DayToken } from './day-part.js';
import { parseGridPart, type GridToken } from './grid-part.js';

/** A key that no dataset has; the tests of every pipeline expect that it is skipped. */
const NO_KEY = 'no/such/granule.txt';

/** Parses the regular expression of the keys, which must find the id, the day and the tile that were named. Throws FieldError. */
export function parseOwnPattern(pattern: string, answers: Answers): string {
  const { key = '', granuleId = '', day = 'none', tile, python = 'none' } = answers;
  const name = key.replace(/^s3:\/\/[^/]+\//, '');
  const expression = compiled(pattern);
  const match = expression.exec(name);
  if (match === null) throw new FieldError(`must match the example key, ${name}`);
  if (expression.test(NO_KEY))
    throw new FieldError(
      `must not match any key, such as ${NO_KEY}: begin with ^ and a fixed folder`,
    );
  if (python !== 'none') parseGranulePattern(portable(pattern));
  const parts: readonly (DayToken | GridToken)[] = [
    ...(day === 'none' ? [] : parseDayPart(day).tokens),
    ...(tile === undefined ? [] : parseGridPart(tile).tokens),
  ];
  const named = parts.flatMap((part): readonly (readonly [string, string])[] =>
    'group' in part ? [[part.group, part.text]] : [],
  );
  for (const [group, value] of [['id', granuleId] as const, ...named]) {
    const found = match.groups?.[group];
    if (found === value) continue;
    throw new FieldError(
      found === undefined
        ? `must have a group ${group} that matches ${JSON.stringify(value)}, as in (?<${group}>[^/]+)`
        : `must find ${JSON.stringify(value)} with its group ${group}, not ${JSON.stringify(found)}`,
    );
  }
  return pattern;
}

function compiled(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (error) {
    const reason = (error as Error).message.split(': ').at(-1) ?? '';
    throw new FieldError(`must be a regular expression: ${reason}`);
  }
}

/** Returns the part of a key that the groups of a pattern find as the day; undefined if it has none. */
export function dayIn(pattern: string, key: string): string | undefined {
  let groups: Readonly<Record<string, [number, number] | undefined>> | undefined;
  try {
    groups = new RegExp(pattern, 'd').exec(key)?.indices?.groups;
  } catch {
    // parseOwnPattern reports it.
    return undefined;
  }
  const places = ['year', 'month', 'day', 'ordinal', 'hour', 'minute', 'second'].flatMap(
    (name) => groups?.[name] ?? [],
  );
  return places.length === 0 ? undefined : key.slice(Math.min(...places), Math.max(...places));
}

/** Returns the expression as granule_pattern of config.yaml wants it: only the group id has a name, and nothing refers to it. */
export function portable(pattern: string): string {
  return pattern
    .replaceAll('\\k<id>', '[^/]+')
    .replaceAll(/\(\?<(?!id>)\w+>((?:\\.|[^\\()|])*)\)/g, '$1')
    .replaceAll(/\(\?<(?!id>)\w+>/g, '(?:');
}
