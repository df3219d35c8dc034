import { FieldError } from '../../../modules/config/values/error.js';
import type { Answers, Question } from '../answers.js';
import { findDayPart, parseDayPart } from '../day-part.js';
import { UsageError } from '../../shared/command.js';
import { dayIn } from '../own-pattern.js';
import { findMessageForm, likelyKey, parseMessageText } from '../message-form.js';
import { keyOf, oneOf, parseKeyOrHref, partOf } from './parsers.js';

/** Questions about the messages, the key of a granule and its parts. */
export const GRANULE_QUESTIONS: readonly Question[] = [
  {
    name: 'messages',
    flag: '--messages <form>',
    says: 's3: the topic sends S3 events; json: JSON of another form; none: there is no topic',
    asks: 'What announces new granules: S3 events, JSON of another form, or none?',
    default: ({ message, topic }) =>
      message !== undefined ? 'json' : topic === 'none' ? 'none' : 's3',
    parse: oneOf('s3', 'json', 'none'),
  },
  {
    name: 'message',
    flag: '--message <json>',
    says: 'an example message of the topic, which has the key, its folder or its s3:// href',
    asks: 'An example message of the topic, as one line of JSON:',
    useless: ({ messages }) => (messages === 'json' ? undefined : `--messages ${messages ?? ''}`),
    default: ({ key }, id) => JSON.stringify({ path: key ?? madeUpKey({}, id) }),
    isMadeUp: () => true,
    parse: (value) => JSON.stringify(parseMessageText(value)),
  },
  {
    name: 'key',
    flag: '--key <key>',
    says: 'an example key of a granule, or its s3:// href',
    asks: 'An example key of a granule, or its s3:// href:',
    default: ({ message, footprint }, id) =>
      message === undefined ? madeUpKey({ footprint }, id) : likelyKey(message),
    isMadeUp: ({ message }) => message === undefined,
    parse: (value) => parseKeyOrHref(value),
  },
  {
    name: 'granuleId',
    flag: '--granule-id <part>',
    says: "the part of the key that is the Item's id",
    asks: 'Which part of the key is the id of the Item?',
    default: ({ key, pattern }) =>
      pattern === undefined ? likelyId(keyOf(key)) : idIn(pattern, keyOf(key)),
    parse: parseGranuleId,
  },
  {
    name: 'day',
    flag: '--day <part>',
    says: 'the part of the key that is the day, perhaps with the time, or none',
    asks: 'Which part of the key is the day (none if it has no day)?',
    default: ({ key, pattern }) =>
      (pattern === undefined ? findDayPart(keyOf(key)) : dayIn(pattern, keyOf(key))) ?? 'none',
    parse: (value, { key }) =>
      value === 'none' ? value : partOf(parseDayPart(value).text, keyOf(key)),
  },
];

/** A key for a pipeline that is tried before its data are known. */
function madeUpKey({ footprint }: Answers, id: string): string {
  const name = id.replaceAll('_', '-');
  const scene = footprint === 'grid' ? `${name}-20240501-N53W115` : `${name}-20240501-001`;
  return footprint === 'metadata'
    ? `data/2024/05/01/${scene}/metadata.json`
    : `data/2024/05/01/${scene}.tif`;
}

/** The name without its ending, or that of the folder if the name is the same for all granules. */
function likelyId(key: string): string {
  const segments = key.split('/');
  const name = (segments.at(-1) ?? key).replace(/(?<=.)\.[A-Za-z][\w.]*$/, '');
  const folder = segments.at(-2);
  return /\d/.test(name) || folder === undefined || !/\d/.test(folder) ? name : folder;
}

function idIn(pattern: string, key: string): string | undefined {
  let match: RegExpExecArray | null;
  try {
    match = new RegExp(pattern).exec(key);
  } catch {
    // parseOwnPattern reports it.
    return likelyId(key);
  }
  if (match !== null) return match.groups?.['id'] ?? likelyId(key);
  throw new UsageError(
    `--pattern must match the example key, ${key} (given ${JSON.stringify(pattern)})`,
  );
}

function parseGranuleId(value: string, { key, message }: Answers): string {
  const name = keyOf(key);
  if (value.includes('/'))
    throw new FieldError('must be without /, which ids of Items cannot have');
  const id = partOf(value, name);
  if (message !== undefined) findMessageForm(message, { key: name, id });
  return id;
}
