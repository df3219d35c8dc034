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
  const like = likeOf(dataset, '${part}').split('${part}').map(inTemplate).join('${part}');
  return [
    '// A chunk is a day; a local run reads the whole inventory at once.',
    'queryInventory: ({ chunk }) => {',
    "const part = chunk === undefined ? '%' : partOf(chunk);",
    `return \`SELECT key FROM inventory WHERE key LIKE '${like}'\`;`,
    '},',
  ];
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

function folderFunction({ day }: Dataset): readonly string[] {
  if (day === undefined) return [];
  const { tokens } = day;
  const isOrdinal = tokens.some((token) => 'group' in token && token.group === 'ordinal');
  const end = isOrdinal ? 'ordinal' : 'day';
  const last = tokens.findIndex((token) => 'group' in token && token.group === end);
  const rest = last < tokens.length - 1 ? '%' : '';
  const text = tokens.slice(0, last + 1).map((token) => {
    if (!('group' in token)) return inTemplate(token.text.replaceAll("'", "''"));
    return token.regex.includes(',') ? `\${Number(${token.group})}` : `\${${token.group}}`;
  });
  const example = `Returns the part of a key that is the day, such as ${day.text.slice(0, day.text.length)}`;
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
    `return \`${text.join('')}${rest}\`;`,
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
