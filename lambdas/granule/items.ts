import { completeItems } from './complete.js';
import {
  granuleFailureOf,
  mostHopeful,
  ownFilesOf,
  withLateFiles,
  type MessageOrigin,
} from './late-files.js';
import type { RunMaking } from './making.js';
import type { VersionOf } from './version.js';
import type { ParsedBody, GranuleMessage } from './message.js';
import { parseGranule } from './parse.js';
import type { OutputStore } from '../outputs/store.js';
import { granuleOutput, type OutputWriter } from '../outputs/writer.js';
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
  /** Writes files that belong to the Items, such as cloud-optimized copies. */
  readonly output: OutputWriter;
  /** Logs something unusual that does not prevent the Item from being created. */
  readonly warn: (message: string, fields?: LogFields) => void;
  /** Logs something that is not unusual. */
  readonly info: (message: string, fields?: LogFields) => void;
  /** Is aborted when the granule is given up, because the time of the invocation runs out. Reads end by themselves. */
  readonly signal: AbortSignal;
}

/** The part of the context that a createItem needs which only reads files. */
export type ReadContext = Pick<ItemContext, 'source' | 'warn'>;

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
  /** Which version of its granule an Item is. @default the Item whose message is processed last is posted */
  readonly versionOf?: VersionOf;
}

export interface MakeItemContext extends Pick<ItemContext, 'source' | 'warn'> {
  /** @default nothing is logged */
  readonly info?: ItemContext['info'];
  /** @default the granule is never given up */
  readonly signal?: AbortSignal;
  /** Where the pipeline keeps its files. @default it may write none */
  readonly outputs?: OutputStore | undefined;
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
      const { collectionId } = pipeline;
      const { source, warn, outputs: store, info = ignore } = context;
      const { signal = new AbortController().signal } = context;
      const output = granuleOutput({ store, collectionId, signal });
      const made = { source, output, warn, info, signal };
      const created = await pipeline.createItem({ ...granule, ...made });
      const items = completeItems(created, collectionId, context);
      output.checkItems(items.map(({ id }) => id));
      return items;
    },
  );
}

function ignore(): void {
  // Nothing is logged.
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
  readonly outputs?: OutputStore | undefined;
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
  { run, origin, outputs, stacApiUrl, log, meter }: MakeItemsContext,
): Promise<MadeItems> {
  logSkipped(skipped, log);
  const [warn, info] = [log.warn.bind(log), log.info.bind(log)];
  const noted = notedIn(log);
  const results = await mapLimited(messages, CONCURRENT_GRANULES, async (message) => {
    const granule = parseGranule(pipeline.parseMessage, message);
    if (granule === undefined) return undefined;
    const own = ownFilesOf(message, origin);
    const context = { warn, info, outputs, stacApiUrl, noted };
    const made = await run((given, signal) =>
      withLateFiles((source) => makeGranule(pipeline, granule, { ...context, source, signal }), {
        source: given,
        own,
      }),
    );
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
