import { errorText } from '../shared/deployed-pipeline.js';
import { failedOf, type FailedIngestion, type OwnFailures } from './failed-ingestion.js';
import type { IngestionList } from './reads.js';

/** The ingestions of one Collection. */
export interface IngestorStatus {
  readonly url: string;
  readonly counts: Readonly<Record<IngestionStatus, ListedCount>>;
  /** Failed ingestions of the pipeline: those on the first page of the list, and those of its own record of posts. */
  readonly failed: readonly FailedIngestion[];
  /** Why there may be more failed ingestions of the pipeline; undefined if there are none. */
  readonly unseen?: string | undefined;
}

export interface ListedCount {
  readonly count: number;
  /** Whether the ingestor has more ingestions, of any Collection, than the first page, which is the only reliable one. */
  readonly hasMore: boolean;
}

export const INGESTION_STATUSES = [
  'queued',
  'started',
  'failed',
  'succeeded',
  'cancelled',
] as const;
export type IngestionStatus = (typeof INGESTION_STATUSES)[number];

export interface IngestorStatusOptions {
  readonly reader: IngestionList;
  /** Asks for the failed ones among the pipeline's own posts; undefined if it keeps no record of them. */
  readonly ownFailures?: (() => Promise<OwnFailures>) | undefined;
}

/**
 * Lists the ingestions of a Collection, which needs no token. The ingestor lists those of all its users, oldest first, and
 * only the first page is reliable; if that is full, the pipeline's own posts are asked for one by one. Throws IngestorError.
 */
export async function ingestorStatus(
  url: string,
  collection: string,
  { reader: { listIngestions }, ownFailures }: IngestorStatusOptions,
): Promise<IngestorStatus> {
  const pages = await Promise.all(
    INGESTION_STATUSES.map(async (status) => {
      const { ingestions, hasMore } = await listIngestions(status);
      return { status, hasMore, own: ingestions.filter((one) => one.collection === collection) };
    }),
  );
  const counts = Object.fromEntries(
    pages.map(({ status, own, hasMore }) => [status, { count: own.length, hasMore }]),
  ) as Record<IngestionStatus, ListedCount>;
  const listed = (pages.find(({ status }) => status === 'failed')?.own ?? []).map(failedOf);
  if (!counts.failed.hasMore) return { url, counts, failed: listed };
  const { failed, unseen } = await tryOwn(ownFailures);
  const others = failed.filter(({ id }) => !listed.some((one) => one.id === id));
  return { url, counts, failed: [...listed, ...others], unseen };
}

/** What is known without the list. */
async function tryOwn(ownFailures: IngestorStatusOptions['ownFailures']): Promise<OwnFailures> {
  if (ownFailures === undefined)
    return { failed: [], unseen: 'verify_ingestion is false, so the pipeline keeps no record' };
  try {
    return await ownFailures();
  } catch (error) {
    return { failed: [], unseen: errorText(error) };
  }
}
