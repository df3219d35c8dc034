import type { Dataset } from '../dataset.js';
import type { DayPart } from '../day-part.js';
import type { MessageForm } from '../message-form.js';
import { property } from './app.js';
import { importOf, inTemplate, lines, literal } from './code.js';

/** Returns historic.ts, which turns rows of an inventory into messages. */
export function historicText(dataset: Dataset): string {
  const { inventory, message } = dataset;
  const isDaily = inventory === 'day';
  return lines(
    isDaily && importOf(['checkDay', 'nextDay'], '../../lambdas/backfill/day.js'),
    importOf(['historicHandler'], '../../lambdas/historic-handler.js'),
    importOf([message?.kind === 'href' && 'BUCKET_HREF', 'parseKey'], './granule-key.js'),
    '',
    'export const handler = historicHandler({',
    ...(isDaily ? dailyQuery(dataset) : [`queryInventory: () => ${literal(selectOf(dataset))},`]),
    '',
    `// ${message === undefined ? 'The message is the key.' : "The message has the form of the topic's messages."} Other rows are skipped.`,
    `rowToMessageBody: ({ key = '' }) => (parseKey(key) ? ${bodyCode(message)} : undefined),`,
    '',
    '// npm run reconcile compares the inventory with the catalogue by this id.',
    "itemIdOf: ({ key = '' }) => parseKey(key)?.id,",
    '',
    ...(isDaily ? DAILY : ['nextChunk: () => undefined, // all of it is read at once']),
    '});',
    ...(isDaily ? folderFunction(dataset) : []),
    '',
  );
}

const DAILY = [
  '// From the first day to the day before the report.',
  'nextChunk: (day, { inventoryDate }) => (nextDay(day) < inventoryDate ? nextDay(day) : undefined),',
  '',
  '// The day of an Item is that of its key.',
  'itemsOfChunk: (day) => ({ from: `${day}T00:00:00Z`, to: `${day}T23:59:59.999999Z` }),',
];

function selectOf(dataset: Dataset): string {
  // A listing may have keys in another form than those of S3.
  if (dataset.inventory === 'listing') return 'SELECT key FROM inventory';
  const like = likeOf(dataset, '%');
  return like === '%'
    ? 'SELECT key FROM inventory'
    : `SELECT key FROM inventory WHERE key LIKE '${like}'`;
}

function dailyQuery(dataset: Dataset): readonly string[] {
  const select = (part: string): string =>
    inTemplate(`SELECT key FROM inventory WHERE key LIKE '${likeOf(dataset, part)}'`);
  const place = dayPlace(dataset);
  const lead = '// A chunk is a day; a local run reads the whole inventory at once.';
  const rest = hasRest(dataset) ? '%' : '';
  if (place === undefined) {
    return [
      lead,
      'queryInventory: ({ chunk }) => {',
      `const part = chunk === undefined ? '%' : ${rest === '' ? 'partOf(chunk)' : '`${partOf(chunk)}%`'};`,
      `return \`${select(PART).replaceAll(PART, '${part}')}\`;`,
      '},',
    ];
  }
  return [
    lead,
    'queryInventory: ({ chunk }) => {',
    `if (chunk === undefined) return ${literal(`SELECT key FROM inventory WHERE key LIKE '${likeOf(dataset, '%')}'`)};`,
    'const part = partOf(chunk);',
    '// The name may have another day, such as that of its processing: the first counts.',
    `return \`${select(`${PART}${rest}`).replaceAll(PART, '${part}')}`,
    `  AND regexp_extract(key, '${inTemplate(place)}', 1) = '\${part}'\`;`,
    '},',
  ];
}

/** Stands for the day of a chunk; no key has it. */
const PART = '\u0000';

/**
 * Returns a regular expression whose group 1 is the day of a key, for Athena and DuckDB; undefined if the day stands
 * where nothing but fixed text precedes it, so that LIKE finds it.
 */
function dayPlace({ tokens = [], day }: Dataset): string | undefined {
  const start = tokens.findIndex(({ group }) => group === 'year') - leadOf(day).length;
  const before = tokens.slice(0, Math.max(start, 0));
  if (before.every(({ fixed }) => fixed !== undefined)) return undefined;
  // Groups would count: that of the id opens before the day and may close after it.
  const plain = (regex: string): string =>
    regex
      .replace(/^\(\?<id>$|^\)$/, '')
      .replace(/^\(\?<\w+>(.*)\)$/, '$1')
      .replaceAll("'", "''");
  const found = tokens.slice(start, start + lastOf(day) + 1);
  return `^${before.map(({ regex }) => plain(regex)).join('')}(${found.map(({ regex }) => plain(regex)).join('')})`;
}

/** Returns the pattern of LIKE for the keys of a day. Fixed text of the key stays, everything else may differ. */
function likeOf({ tokens, day }: Dataset, part: string): string {
  const text = tokens === undefined ? `%${part}%` : tokenLike({ tokens, day }, part);
  // In LIKE, % stands for slashes too.
  return text.replace(/%(?:\/?%)+/g, '%').replaceAll("'", "''");
}

function tokenLike({ tokens = [], day }: Pick<Dataset, 'tokens' | 'day'>, part: string): string {
  const first = tokens.findIndex(({ group }) => group === 'year');
  const lead = leadOf(day).length;
  return tokens
    .map(({ fixed }, index) => {
      const offset = index - first + lead;
      const isDay = day !== undefined && offset >= 0 && offset < day.tokens.length;
      if (isDay) return offset === 0 ? part : '';
      return fixed ?? '%';
    })
    .join('');
}

/** The tokens before the year, as in `year=2024`. */
function leadOf(day: DayPart | undefined): DayPart['tokens'] {
  if (day === undefined) return [];
  return day.tokens.slice(
    0,
    day.tokens.findIndex((token) => 'group' in token),
  );
}

/** Index of the token of a day after which only its time follows. */
function lastOf(day: DayPart | undefined): number {
  return (day?.tokens ?? []).findLastIndex(
    (token) => 'group' in token && (token.group === 'day' || token.group === 'ordinal'),
  );
}

/** Whether something follows the day in the part of the key that says it, such as the time. */
function hasRest({ day }: Dataset): boolean {
  return day !== undefined && lastOf(day) < day.tokens.length - 1;
}

function folderFunction({ day }: Dataset): readonly string[] {
  if (day === undefined) return [];
  const { tokens } = day;
  const isOrdinal = tokens.some((token) => 'group' in token && token.group === 'ordinal');
  const text = tokens.slice(0, lastOf(day) + 1).map((token) => {
    if (!('group' in token)) return inTemplate(token.text.replaceAll("'", "''"));
    return token.regex.includes(',') ? `\${Number(${token.group})}` : `\${${token.group}}`;
  });
  const example = `Returns the part of a key that is the day, such as ${tokens
    .slice(0, lastOf(day) + 1)
    .map(({ text }) => text)
    .join('')}`;
  return [
    '',
    `/** ${example} */`,
    'function partOf(chunk: string): string {',
    isOrdinal
      ? "const [year = ''] = checkDay(chunk).split('-');"
      : "const [year = '', month = '', day = ''] = checkDay(chunk).split('-');",
    ...(isOrdinal
      ? [
          'const days = (Date.parse(chunk) - Date.parse(`${year}-01-01`)) / 86_400_000 + 1;',
          "const ordinal = String(days).padStart(3, '0');",
        ]
      : []),
    `return \`${text.join('')}\`;`,
    '}',
  ];
}

function bodyCode(form: MessageForm | undefined): string {
  if (form === undefined) return 'key';
  const value = valueCode(form);
  const object = form.path.reduceRight((inner, name) => `{ ${property(name)}: ${inner} }`, value);
  return `JSON.stringify(${object})`;
}

function valueCode({ kind, file }: MessageForm): string {
  switch (kind) {
    case 'key':
      return 'key';
    case 'href':
      return '`${BUCKET_HREF}/${key}`';
    case 'folder':
      return file.includes('${id}')
        ? "key.slice(0, key.lastIndexOf('/'))"
        : `key.slice(0, -${literal(file)}.length)`;
  }
}
