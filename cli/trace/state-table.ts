import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { findPending, ingestionTable } from '../../lambdas/ingestor/ingestion-table.js';
import type { PendingIngestion } from '../../lambdas/ingestor/pending.js';
import { readVersion, type VersionRow } from '../../lambdas/ingestor/version-table.js';
import { CommandError } from '../shared/command.js';
import { accessFault } from '../shared/deployed-pipeline.js';
import type { TraceEvent } from './event.js';
import type { Asking, Source } from './source.js';
import { aboutOf, isBodyAbout, type TraceSubject } from './subject.js';

export interface StateRows {
  readonly table: string;
  readonly region: string;
  readonly client: DynamoDBClient;
}

/** Posts that are not verified yet: by Item id, else by looking through all of them for the granule. */
export function pendingPosts({ table, region, client }: StateRows): Source {
  const { pending } = ingestionTable(table, client);
  let isSearched = false;
  const search = async ({ subject, deadline }: Asking) => {
    const found: PendingIngestion[] = [];
    for await (const row of pending()) {
      if (isPostOf(row, subject)) found.push(row);
      if (Date.now() >= deadline) return { found, isCut: true };
    }
    return { found, isCut: false };
  };
  return {
    name: 'pending posts',
    wants: ({ texts, itemIds }) => [...texts, ...itemIds],
    ask: (asking) =>
      explained({ table, region }, async () => {
        const ids = asking.subject.itemIds.filter((id) => asking.wanted.includes(id));
        const rows = await Promise.all(ids.map((id) => findPending(table, client, id)));
        const known = rows.filter((row) => row !== undefined);
        if (known.length > 0 || isSearched) return { events: known.map(pendingEvent) };
        isSearched = true;
        const { found, isCut } = await search(asking);
        const note = isCut
          ? 'not all pending posts could be read in the time: wait longer with --wait <seconds>'
          : undefined;
        return { events: found.map(pendingEvent), note };
      }),
  };
}

function isPostOf(row: PendingIngestion, subject: TraceSubject): boolean {
  const { itemId, messageId, correlationId, body } = row;
  if (subject.itemIds.includes(itemId)) return true;
  if ([messageId, correlationId].some((id) => subject.messageIds.includes(id))) return true;
  return isBodyAbout(body, subject);
}

function pendingEvent(row: PendingIngestion): TraceEvent {
  const { itemId, messageId, correlationId, postedAt, tries, isRequeued, body } = row;
  const again = tries === 0 ? '' : `, after it was sent again ${tries} times`;
  return {
    source: 'pending posts',
    kind: isRequeued ? 'requeued' : 'pending',
    at: postedAt,
    what: isRequeued
      ? 'the Item was not loaded, and its message is back on the queue'
      : `the ingestor accepted the Item, and the verification has not seen it loaded yet${again}`,
    itemIds: [itemId],
    messageId,
    correlationId,
    about: aboutOf(body)[0],
  };
}

/** The versions that were posted, of a pipeline that declares versions. */
export function postedVersions({ table, region, client }: StateRows): Source {
  return {
    name: 'versions',
    wants: ({ itemIds }) => itemIds,
    without: 'no Item id is known for it',
    ask: ({ wanted }) =>
      explained({ table, region }, async () => {
        const rows = await Promise.all(
          wanted.map(async (id) => ({ id, row: await readVersion(table, client, id) })),
        );
        return { events: rows.flatMap(({ id, row }) => versionEvents(id, row)) };
      }),
  };
}

function versionEvents(itemId: string, row: VersionRow | undefined): TraceEvent[] {
  const base = { source: 'versions', kind: 'version', at: undefined, itemIds: [itemId] } as const;
  if (row?.claim !== undefined) {
    const { messageId, until } = row.claim;
    const what = `a message about the Item is being posted, or its function was killed; the claim ends at ${until}`;
    return [{ ...base, what, messageId }];
  }
  return row?.posted === undefined
    ? []
    : [{ ...base, what: `the version that was posted last is ${row.posted || '(none)'}` }];
}

async function explained<T>(
  { table, region }: Pick<StateRows, 'table' | 'region'>,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    const { message } = accessFault({ what: `table ${table}`, region }, cause);
    throw new CommandError(message, { cause });
  }
}
