import type { IngestorReader } from '../../lambdas/ingestor/reader.js';
import type { EventKind, TraceEvent } from './event.js';
import type { Source } from './source.js';

export interface IngestorSettings {
  readonly reader: Pick<IngestorReader, 'getIngestion'>;
  /** The pipeline's Collection. The ingestor has one ingestion for an id, whatever its Collection is. */
  readonly collection: string;
}

const KINDS: Readonly<Record<string, EventKind>> = { succeeded: 'loaded', failed: 'failed' };

/** What the ingestor says about the Item: it shows each client its own Items only. */
export function ingestions({ reader, collection }: IngestorSettings): Source {
  return {
    name: 'ingestor',
    wants: ({ itemIds }) => itemIds,
    without: 'no Item id is known for it',
    ask: async ({ wanted }) => {
      const notes: string[] = [];
      const events: TraceEvent[] = [];
      for (const id of wanted) {
        const found = await reader.getIngestion(id);
        if (found === 'of-another-user') notes.push(`another client posted ${id}`);
        if (typeof found !== 'object') continue;
        const { status, message, collection: of, updatedAt } = found;
        if (of !== undefined && of !== collection) {
          notes.push(`its ingestion of ${id} is of the Collection ${of}`);
          continue;
        }
        events.push({
          source: 'ingestor',
          kind: KINDS[status] ?? 'waiting',
          at: utc(updatedAt),
          what: `the status of the ingestion is ${status}`,
          ...(status === 'failed' && { reason: message ?? '(no message)' }),
          itemIds: [id],
        });
      }
      return { events, note: notes.length === 0 ? undefined : notes.join('; ') };
    },
  };
}

/** FastAPI writes times without a zone; they are in UTC. */
function utc(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`;
  const date = new Date(zoned);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
