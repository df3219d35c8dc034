/** Fragments that often break parsers of XML, JSON and text. */
const TOKENS = [
  ...[
    '<',
    '>',
    '</',
    '/>',
    '&',
    '&amp;',
    '&#x0;',
    '&#1114112;',
    '&x;',
    ']]>',
    '<![CDATA[',
    '<!--',
    '-->',
    '<?xml',
  ],
  ...[
    '<!DOCTYPE a [<!ENTITY x "',
    '&x;&x;&x;&x;',
    ' xmlns="',
    ' xmlns:s1="',
    "'",
    '"',
    '\\',
    '\\u',
    '\\ud800',
    '{',
    '}',
  ],
  ...[
    '[',
    ']',
    ',',
    ':',
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '__proto__',
    'constructor',
    'NaN',
    '-0',
    '1e999',
    '-1',
    '0',
  ],
  ...[
    '999999999999999999999',
    '2023-02-30T25:61:61',
    '+',
    '%',
    '%2',
    '%2B',
    '%00',
    '%ff',
    '../',
    '//',
    's3://',
    '\u0000',
  ],
  ...[
    '\ufeff',
    '\ufffd',
    '\u2028',
    '\u{1f6f0}',
    'é',
    ' ',
    '\n',
    '\r\n',
    '\t',
    '(a+)+$',
    '180.0 -90.0',
    '-180,91',
  ],
];
const MAX_ROUNDS = 8;
const MAX_BYTES = 1024 * 1024;

export type Random = () => number;
type Mutation = (bytes: Buffer, random: Random) => Buffer;

/** Applies one to eight changes to the bytes. The result has at most one megabyte. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let mutated = bytes;
  const most = random() < 0.5 ? 1 : MAX_ROUNDS;
  for (let rounds = 1 + below(most, random); rounds > 0; rounds -= 1) {
    mutated = MUTATIONS[below(MUTATIONS.length, random)]?.(mutated, random) ?? mutated;
  }
  return mutated.subarray(0, MAX_BYTES);
}

export function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

const MUTATIONS: readonly Mutation[] = [
  flip,
  remove,
  repeat,
  insert,
  insert,
  truncate,
  move,
  replaceText,
];

function flip(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return bytes;
  const flipped = Buffer.from(bytes);
  flipped[below(bytes.length, random)] = below(256, random);
  return flipped;
}

function remove(bytes: Buffer, random: Random): Buffer {
  const [start, end] = span(bytes, random);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

/** Repeats a random range, which gives deep nesting and long lists. */
function repeat(bytes: Buffer, random: Random): Buffer {
  const [start, end] = span(bytes, random);
  const times = 1 + below(random() < 0.05 ? 1000 : 4, random);
  const copies = Array.from({ length: times }, () => bytes.subarray(start, end));
  if ((end - start) * times > MAX_BYTES) return bytes;
  return Buffer.concat([bytes.subarray(0, end), ...copies, bytes.subarray(end)]);
}

function insert(bytes: Buffer, random: Random): Buffer {
  const at = below(bytes.length + 1, random);
  return Buffer.concat([bytes.subarray(0, at), token(random), bytes.subarray(at)]);
}

function truncate(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, below(bytes.length + 1, random));
}

function move(bytes: Buffer, random: Random): Buffer {
  const [start, end] = span(bytes, random);
  const rest = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  const at = below(rest.length + 1, random);
  return Buffer.concat([rest.subarray(0, at), bytes.subarray(start, end), rest.subarray(at)]);
}

/** Replaces the text between two delimiters: the content of an element or a JSON string. */
function replaceText(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString('latin1');
  const from = below(text.length + 1, random);
  const found = />[^<]+<|"[^"]*"/.exec(text.slice(from, from + 4096));
  if (!found) return bytes;
  const start = from + found.index + 1;
  const end = start + found[0].length - 2;
  return Buffer.concat([bytes.subarray(0, start), token(random), bytes.subarray(end)]);
}

function token(random: Random): Buffer {
  return Buffer.from(TOKENS[below(TOKENS.length, random)] ?? '');
}

/** A random range of the bytes, usually short. */
function span(bytes: Buffer, random: Random): [number, number] {
  const start = below(bytes.length + 1, random);
  const length = below(random() < 0.2 ? bytes.length : 64, random);
  return [start, Math.min(bytes.length, start + length)];
}
