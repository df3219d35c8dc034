import { types } from 'node:util';
import type { GranuleMessage } from './message.js';
import type { Failure } from '../runtime/errors.js';
import { tracedFailureOf } from '../runtime/unexpected.js';
import { isMissingFile } from '../source/missing.js';
import { wrappedSource, type GranuleSource } from '../source/source.js';

/** Receives after which a message is dead-lettered because one of its other files does not exist. */
const LATE_FILE_RECEIVES = 3;

/**
 * The files of a granule that exist when its message is sent, so that waiting for them cannot help:
 * - `all`, for a message of a backfill;
 * - `first`, the first file that is read or downloaded, for a message about a folder;
 * - the object of an S3 event.
 */
export type OwnFiles = 'all' | 'first' | { readonly href: string; readonly key: string };

export interface MessageOrigin {
  /** Whether the pipeline's backfill sent the message. */
  readonly isBackfill: boolean;
}

export function ownFilesOf(message: GranuleMessage, { isBackfill }: MessageOrigin): OwnFiles {
  if (isBackfill) return 'all';
  return message.type === 's3-object' ? message : 'first';
}

/**
 * Makes an Item from a source whose other files than `own` may arrive later. Throws LateFileError instead of an error
 * that one of them caused because it does not exist; createItem itself receives the error of the source.
 */
export async function withLateFiles<T>(
  make: (source: GranuleSource) => Promise<T>,
  { source, own }: { readonly source: GranuleSource; readonly own: OwnFiles },
): Promise<T> {
  const late = new Set<unknown>();
  let first: string | undefined;
  const tracked = wrappedSource(source, async ({ href }, run) => {
    first ??= href;
    const isOwn = own === 'first' ? href === first : own === 'all' || isObject(href, own);
    try {
      return await run();
    } catch (error) {
      if (!isOwn && isMissingFile(error)) late.add(error);
      throw error;
    }
  });
  try {
    return await make(tracked);
  } catch (error) {
    throw causesOf(error).some((cause) => late.has(cause)) ? new LateFileError(error) : error;
  }
}

/** Thrown instead of an error whose cause is a file that does not exist yet. `cause` is that error. */
class LateFileError extends Error {
  constructor(override readonly cause: unknown) {
    super('a file of the granule does not exist yet', { cause });
  }
}

/** Like tracedFailureOf. A file that may still arrive is a transient failure with fewer receives. */
export function granuleFailureOf(thrown: unknown): Failure {
  if (!(thrown instanceof LateFileError)) return tracedFailureOf(thrown);
  const failure = tracedFailureOf(thrown.cause);
  return { ...failure, kind: 'transient', maxReceives: LATE_FILE_RECEIVES };
}

/** Returns the failure for which further receives help most: a transient one, if possible without a limit of its own. */
export function mostHopeful(failures: readonly Failure[]): Failure | undefined {
  const transient = failures.filter(({ kind }) => kind === 'transient');
  const unlimited = transient.find(({ maxReceives }) => maxReceives === undefined);
  return unlimited ?? transient[0] ?? failures[0];
}

/** An event names its object as s3://; createItem may read the same object by an https URL or, locally, from disk. */
function isObject(href: string, object: { readonly href: string; readonly key: string }): boolean {
  if (href.startsWith('s3://')) return href === object.href;
  return href.endsWith(`/${object.key}`) || href.endsWith(`/${encodeURI(object.key)}`);
}

const MAX_CAUSES = 10;

/** An error and its causes. An author may wrap the error of a read, with `cause`, into one of his own. */
function causesOf(error: unknown): unknown[] {
  const causes = [error];
  for (let one = error; types.isNativeError(one) && causes.length < MAX_CAUSES; one = one.cause) {
    causes.push(one.cause);
  }
  return causes;
}
