import { completeItems } from './complete.js';
import {
  granuleFailureOf,
  mostHopeful,
  ownFilesOf,
  withLateFiles,
  type MessageOrigin,
} from './late-files.js';
import type { RunMaking } from './making.js';
import type { ParsedBody, GranuleMessage } from './message.js';
import { parseGranule } from './parse.js';
import { ValidationError, type Failure } from '../runtime/errors.js';
import type { Log, LogFields } from '../runtime/log.js';
import type { Meter } from '../runtime/metrics.js';
import { mapLimited } from '../runtime/retry.js';
import { awaitPipelineCode } from '../runtime/unexpected.js';
import type { GranuleSource } from '../source/source.js';
import type { Item } from '../stac/stac.js';

/** The input of createItem. `href` identifies the granule; a pipeline may add fields taken from the message. */
export interface Granule {
  readonly href: string;
}

export interface ItemContext {
  /** Reads the granule's files by href. */
  readonly source: GranuleSource;
  /** Logs something unusual that does not prevent the Item from being created. */
  readonly warn: (message: string, fields?: LogFields) => void;
}

/** The Item of a granule, or its Items. */
export type CreatedItems = Item | readonly Item[];

/** The code of one dataset: how a message becomes a granule, and how a granule becomes an Item. */
export interface GranulePipeline<G extends Granule> {
  /** The id of the pipeline's Collection. The framework sets it on every Item. */
  readonly collectionId: string;
  /**
   * Returns the granule that a message refers to, or undefined to skip the message. Throws MessageError if the message
   * should refer to a granule but does not.
   */
  readonly parseMessage: (message: GranuleMessage) => G | undefined;
  /**
   * Creates the Item, or a list of Items with different ids if the granule has several. An empty list skips the granule. It
   * must work with `href` alone, because `npm run item` passes nothing else. Throws GranuleError if the granule cannot
   * become an Item, and ReadError if a file cannot be read.
   */
  readonly createItem: (granule: G & ItemContext) => CreatedItems | Promise<CreatedItems>;
  /**
   * The name of the Item property that contains the processing time, as an RFC 3339 date-time. If several messages of a
   * batch produce the same Item, the version processed last is posted. @default the version whose message was sent last
   */
  readonly processedProperty?: string;
}

export interface MakeItemContext extends ItemContext {
  /** The root URL of the STAC API. If it is set, Items link to their Collection there. */
  readonly stacApiUrl?: string | undefined;
  /** What notes were already logged about, which is not repeated for each Item. @default nothing */
  readonly noted?: Set<string>;
}

type ItemMaker<G extends Granule> = Pick<GranulePipeline<G>, 'collectionId' | 'createItem'>;

/**
 * Creates the Items of a granule with createItem, adds their collection and the link to the Collection, and validates
 * them. The result is posted unchanged; it is empty if createItem returns an empty list. Throws ValidationError, the
 * errors that createItem throws on purpose, and UnexpectedError for others: then none of the Items is posted.
 */
export function makeGranule<G extends Granule>(
  pipeline: ItemMaker<G>,
  granule: G,
  context: MakeItemContext,
): Promise<readonly Item[]> {
  return awaitPipelineCode(
    () => String(granule.href as unknown),
    async () => {
      const { source, warn } = context;
      const created = await pipeline.createItem({ ...granule, source, warn });
      return completeItems(created, pipeline.collectionId, context);
    },
  );
}

/** Like makeGranule, for a granule that has one Item. Throws ValidationError if it has none or several. */
export async function makeItem<G extends Granule>(
  pipeline: ItemMaker<G>,
  granule: G,
  context: MakeItemContext,
): Promise<Item> {
  const [item, ...others] = await makeGranule(pipeline, granule, context);
  if (item !== undefined && others.length === 0) return item;
  const count = item === undefined ? 'no Item' : `${others.length + 1} Items`;
  throw new ValidationError(
    granule.href,
    [`createItem returned ${count}`],
    'must have exactly one Item',
  );
}

interface MakeItemsContext {
  /** Makes one Item within a time limit. */
  readonly run: RunMaking;
  readonly origin: MessageOrigin;
  readonly log: Log;
  readonly meter: Meter;
  readonly stacApiUrl?: string | undefined;
}

export interface MadeItems {
  readonly items: readonly Item[];
  /** Whether the message names a granule. One that does may still have no Items. */
  readonly namesGranule: boolean;
  /** The failure of one of the message's granules; a transient one takes precedence, because a retry may succeed. */
  readonly failure?: Failure;
}

/** Most messages refer to one granule; the limit matters for those that refer to thousands. */
const CONCURRENT_GRANULES = 16;

/** Creates every Item of a message that can be created: a granule that fails or hangs does not affect the others. */
export async function makeItems<G extends Granule>(
  pipeline: GranulePipeline<G>,
  { messages, skipped, faults = [] }: ParsedBody,
  { run, origin, stacApiUrl, log, meter }: MakeItemsContext,
): Promise<MadeItems> {
  logSkipped(skipped, log);
  const warn = log.warn.bind(log);
  const noted = notedIn(log);
  const results = await mapLimited(messages, CONCURRENT_GRANULES, async (message) => {
    const granule = parseGranule(pipeline.parseMessage, message);
    if (granule === undefined) return undefined;
    const own = ownFilesOf(message, origin);
    const make = (source: GranuleSource) =>
      makeGranule(pipeline, granule, { source, warn, stacApiUrl, noted });
    const made = await run((source) => withLateFiles(make, { source, own }));
    if (made.length === 0) log.info('granule skipped: it has no Items', { href: granule.href });
    return made;
  });
  const items = results.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
  meter.count('ItemsMade', items.length);
  const failed = results.filter((one) => one.status === 'rejected');
  const failures = [...faults, ...failed.map(({ reason }): unknown => reason)].map(
    granuleFailureOf,
  );
  const failure = mostHopeful(failures);
  const namesGranule = results.some((one) => one.status === 'fulfilled' && one.value !== undefined);
  return { items, namesGranule, ...(failure && { failure }) };
}

/** A container has one log, in which each note is once. */
const NOTED = new WeakMap<Log, Set<string>>();

function notedIn(log: Log): Set<string> {
  const noted = NOTED.get(log) ?? new Set<string>();
  NOTED.set(log, noted);
  return noted;
}

function logSkipped(skipped: ParsedBody['skipped'], log: Log): void {
  for (const { reason, detail } of skipped) {
    const expected = reason !== 'no-records' && reason !== 'subscription-confirmation';
    log[expected ? 'info' : 'warn']('message skipped', { reason, detail });
  }
}
