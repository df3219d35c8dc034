import {
  ingestorReader,
  type Ingestion,
  type IngestorReader,
} from '../../lambdas/ingestor/reader.js';

/** The ingestions of one Collection. */
export interface IngestorStatus {
  readonly url: string;
  readonly counts: Readonly<Record<IngestionStatus, ListedCount>>;
  /** Failed ingestions on the first page of the list. */
  readonly failed: readonly FailedIngestion[];
}

export interface ListedCount {
  readonly count: number;
  /** Whether the ingestor has more ingestions, of any Collection, than the first page, which is the only reliable one. */
  readonly hasMore: boolean;
}

export interface FailedIngestion {
  readonly id: string;
  readonly message: string;
  readonly updatedAt: string | undefined;
}

export const INGESTION_STATUSES = [
  'queued',
  'started',
  'failed',
  'succeeded',
  'cancelled',
] as const;
export type IngestionStatus = (typeof INGESTION_STATUSES)[number];

const TIMEOUT_MS = 20_000;

/** Lists the ingestions of a Collection, which needs no token. Throws IngestorError. */
export async function ingestorStatus(
  url: string,
  collection: string,
  { listIngestions }: Pick<IngestorReader, 'listIngestions'> = readerOf(url),
): Promise<IngestorStatus> {
  const pages = await Promise.all(
    INGESTION_STATUSES.map(async (status) => {
      const { ingestions, hasMore } = await listIngestions(status);
      return { status, hasMore, own: ingestions.filter((one) => one.collection === collection) };
    }),
  );
  const failed = pages.find(({ status }) => status === 'failed')?.own ?? [];
  return {
    url,
    counts: Object.fromEntries(
      pages.map(({ status, own, hasMore }) => [status, { count: own.length, hasMore }]),
    ) as Record<IngestionStatus, ListedCount>,
    failed: failed.map(failedOf),
  };
}

function readerOf(url: string): IngestorReader {
  return ingestorReader({ url, tokens: undefined, timeoutMs: TIMEOUT_MS, tries: 1 });
}

function failedOf({ id, message, updatedAt }: Ingestion): FailedIngestion {
  return { id, message: message ?? '(no message)', updatedAt };
}
