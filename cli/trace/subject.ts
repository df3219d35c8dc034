import { parseBody } from '../../lambdas/granule/message.js';
import { subjectOf } from '../../lambdas/granule/subject.js';
import { encodedS3Key } from '../../lambdas/source/s3-event.js';
import type { TraceEvent } from './event.js';

/** What is traced, with everything that is known to stand for it. Texts are compared as whole words. */
export interface TraceSubject {
  /** As given on the command line. */
  readonly given: string;
  /** Texts that messages and logs contain: keys, hrefs, ids. */
  readonly texts: readonly string[];
  /** Ids of Items that belong to it, or may: the catalogue and the ingestor know which exist. */
  readonly itemIds: readonly string[];
  /** Ids that the name of the object suggests: they count if the Item in the catalogue refers to the object. */
  readonly guesses: readonly string[];
  /** Ids of messages and notifications. */
  readonly messageIds: readonly string[];
}

/** What the pipeline's code says about a key. */
export interface CodeAnswer {
  readonly texts: readonly string[];
  readonly itemIds: readonly string[];
}

const MOST_TEXTS = 20;
const S3_URL =
  /^https?:\/\/(?:([^/]+)\.s3[.-][^/]*amazonaws\.com(?:\.cn)?\/|s3[.-][^/]*amazonaws\.com(?:\.cn)?\/([^/]+)\/)([^?#]+)/;

export interface S3Place {
  /** Undefined if a key was given. */
  readonly bucket: string | undefined;
  readonly key: string;
}

/** Returns the key that was given, or that an s3:// href or the URL of an object in S3 names; undefined for an id. */
export function placeOf(given: string): S3Place | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(given) ?? [];
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  const [, virtual, path, encoded] = S3_URL.exec(given) ?? [];
  if (encoded !== undefined) return { bucket: virtual ?? path, key: decoded(encoded) };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) return undefined;
  return given.includes('/') || /\.\w{1,8}$/.test(given)
    ? { bucket: undefined, key: given }
    : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns what a granule, key, href or Item id stands for at first. `code` is what the pipeline's code says about it. */
export function subjectFor(given: string, code: CodeAnswer): TraceSubject {
  const place = placeOf(given);
  const keys = place === undefined ? [] : [place.key, encodedS3Key(place.key)];
  const isId = !given.includes('/');
  return {
    given,
    texts: unique([given, ...keys, ...code.texts]).slice(0, MOST_TEXTS),
    itemIds: unique([...(isId ? [given] : []), ...code.itemIds]),
    guesses: place === undefined ? [] : guessesFrom(place.key),
    messageIds: isId ? [given] : [],
  };
}

/** The name of the object and of its folder, without their endings, since many Items are named after one of them. */
function guessesFrom(key: string): string[] {
  const parts = key.split('/').filter((part) => part !== '');
  const names = parts.slice(-2).flatMap((part) => [part, part.replace(/\.[^.]*$/, '')]);
  return unique(names).filter((name) => /[\p{L}\p{N}]{3}/u.test(name));
}

/** Adds what events say about the subject. */
export function learnFrom(subject: TraceSubject, events: readonly TraceEvent[]): TraceSubject {
  return {
    ...subject,
    itemIds: unique([...subject.itemIds, ...events.flatMap(({ itemIds = [] }) => itemIds)]),
    messageIds: unique([
      ...subject.messageIds,
      ...events.flatMap(({ messageId, correlationId }) => [messageId ?? '', correlationId ?? '']),
    ]).filter((id) => id !== ''),
  };
}

/** Whether a text has one of these as a whole word: `tile_1` is in `a/tile_1.tif`, but not in `tile_10`. */
export function mentions(text: string, words: readonly string[]): boolean {
  return words.some((word) => word !== '' && hasWord(text, word));
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before, after] = [text.slice(0, at), text.slice(at + word.length)];
    const startsInside = /^[\p{L}\p{N}]/u.test(word) && /[\p{L}\p{N}]$/u.test(before);
    const endsInside = /[\p{L}\p{N}]$/u.test(word) && /^[\p{L}\p{N}]/u.test(after);
    if (!startsInside && !endsInside) return true;
  }
  return false;
}

/** Whether the body of a message is about the subject. Keys are compared as sent and decoded. */
export function isBodyAbout(body: string, { texts }: Pick<TraceSubject, 'texts'>): boolean {
  return mentions(body, texts) || aboutOf(body).some((about) => mentions(about, texts));
}

/** What the messages of a body are about; empty if it cannot be parsed. */
export function aboutOf(body: string): string[] {
  try {
    return parseBody(body).messages.map(subjectOf);
  } catch {
    return [];
  }
}

export function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}
