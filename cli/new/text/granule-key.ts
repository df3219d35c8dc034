import type { DateGroup, DayPart } from '../day-part.js';
import type { Dataset } from '../dataset.js';
import { importOf, lines, literal, regexLiteral } from './code.js';

/** Returns granule-key.ts, which knows the keys of the dataset. */
export function granuleKeyText(dataset: Dataset): string {
  const { collectionId, bucket, key, pattern, day } = dataset;
  const groups = groupsOf(dataset);
  const names = groups.map((name) => `${name} = ''`);
  return lines(
    importOf(['GranuleError'], '../../lambdas/runtime/errors.js'),
    importOf(['excerpt'], '../../lambdas/runtime/text.js'),
    '',
    `export const COLLECTION_ID = ${literal(collectionId)};`,
    `export const BUCKET_HREF = ${literal(`s3://${bucket}`)};`,
    '',
    '/** What the key of a granule says. */',
    'export interface GranuleName {',
    'readonly id: string;',
    day && '/** RFC 3339 time in UTC. */',
    day && 'readonly datetime: string;',
    ...tileFields(dataset),
    '}',
    '',
    `/** Matches ${key} */`,
    `const KEY = ${regexLiteral(pattern)};`,
    '',
    '/** Parses a key; undefined if it is not that of a granule. */',
    'export function parseKey(key: string): GranuleName | undefined {',
    `const { ${['id', ...names].join(', ')} } = KEY.exec(key)?.groups ?? {};`,
    'if (id === undefined) return undefined;',
    `return { ${['id', day && `datetime: ${datetimeCode(day)}`, ...tileGroups(dataset)].filter(Boolean).join(', ')} };`,
    '}',
    '',
    '/** Parses the href of a granule. Throws GranuleError. */',
    'export function parseHref(href: string): GranuleName {',
    'const name = parseKey(href.replace(`${BUCKET_HREF}/`, ""));',
    'if (name !== undefined) return name;',
    `throw new GranuleError(\`the href is not that of a granule (given '\${excerpt(href)}')\`, { href });`,
    '}',
    '',
  );
}

function groupsOf(dataset: Dataset): readonly string[] {
  const days = (dataset.day?.tokens ?? []).flatMap((token) =>
    'group' in token ? [token.group] : [],
  );
  return [...days, ...tileGroups(dataset)];
}

function tileGroups({ area }: Dataset): readonly string[] {
  if (area.kind !== 'grid') return [];
  return area.part.tokens.flatMap((token) => ('group' in token ? [token.group] : []));
}

function tileFields(dataset: Dataset): readonly string[] {
  const fields = tileGroups(dataset).map((name) => `readonly ${name}: string;`);
  if (dataset.area.kind !== 'grid') return [];
  return [`/** The tile, as written in ${dataset.area.part.text} */`, ...fields];
}

function datetimeCode({ tokens }: DayPart): string {
  const has = (name: DateGroup) => tokens.some((token) => 'group' in token && token.group === name);
  const two = (name: DateGroup): string => {
    const isShort = tokens.some(
      (token) => 'group' in token && token.group === name && token.regex.includes(','),
    );
    return isShort ? `\${${name}.padStart(2, '0')}` : `\${${name}}`;
  };
  const time = has('hour')
    ? `\${hour}:\${minute}:${has('second') ? '${second}' : '00'}`
    : '00:00:00';
  if (has('ordinal')) {
    const date = 'new Date(Date.UTC(Number(year), 0, Number(ordinal))).toISOString()';
    return `\`\${${date}.slice(0, 10)}T${time}Z\``;
  }
  return `\`\${year}-${two('month')}-${two('day')}T${time}Z\``;
}
