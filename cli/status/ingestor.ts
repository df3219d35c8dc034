import {
  ingestorReader,
  type Ingestion,
  type IngestorReader,
} from '../../lambdas/ingestor/reader.js';

/** What the ingestor says about the Items of one Collection. */
export interface IngestorStatus {
  readonly url: string;
  readonly counts: Readonly<Record<IngestionStatus, ListedCount>>;
  /** Those on the first page of failed ones. */
  readonly failed: readonly FailedIngestion[];
}

export interface ListedCount {
  readonly count: number;
  /** The ingestor has more than it lists on the page that can be relied on, of this Collection or another. */
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

/** The list needs no token. Throws IngestorError. */
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
