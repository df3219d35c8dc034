import { ingestionTable } from '../../lambdas/ingestor/ingestion-table.js';
import type { IngestionLog, PendingIngestion } from '../../lambdas/ingestor/pending.js';
import { ingestorReader, type IngestorReader } from '../../lambdas/ingestor/reader.js';
import { mapLimited } from '../../lambdas/runtime/retry.js';
import type { DeployedPipeline } from '../shared/deployed-pipeline.js';
import type { StatusReads } from './reads.js';
import { failedOf, type FailedIngestion, type OwnFailures } from './failed-ingestion.js';

const CONCURRENT = 16;

interface OwnPosts {
  readonly pending: IngestionLog['pending'];
  readonly getIngestion: IngestorReader['getIngestion'];
  /** The most posts to ask for. */
  readonly mostAsked: number;
}

/** Asks the ingestor for the posts that are not settled. Throws IngestorError, TokenError and ConfigurationError. */
export async function ownFailures({
  pending,
  getIngestion,
  mostAsked,
}: OwnPosts): Promise<OwnFailures> {
  const rows: PendingIngestion[] = [];
  let isCut = false;
  for await (const row of pending()) {
    if (row.isRequeued) continue;
    isCut = rows.length === mostAsked;
    if (isCut) break;
    rows.push(row);
  }
  const failed: FailedIngestion[] = [];
  await mapLimited(rows, CONCURRENT, async ({ itemId, postedBy }) => {
    const found = await getIngestion(itemId, postedBy);
    if (typeof found === 'object' && found.status === 'failed') failed.push(failedOf(found));
  });
  const unseen = isCut
    ? `more than ${mostAsked} Items are not settled, and only that many were asked for`
    : undefined;
  return { failed, unseen };
}

/** How to ask for the failed posts of a deployed pipeline. Without verify_ingestion it keeps no record of its posts. */
export function failuresOf(
  {
    config: { region, ingestor_url: url, secret_arn: secretArn, verify_ingestion: keepsRecord },
    names: { stateTable },
  }: Pick<DeployedPipeline, 'config' | 'names'>,
  { clients, tokens, mostAsked }: Pick<StatusReads, 'clients' | 'tokens' | 'mostAsked'>,
): {
  readonly ownFailures?: () => Promise<OwnFailures>;
} {
  if (!keepsRecord) return {};
  return {
    ownFailures: () => {
      const { pending } = ingestionTable(stateTable, clients.dynamo(region));
      const { getIngestion } = ingestorReader({ url, tokens: tokens(secretArn) });
      return ownFailures({ pending, getIngestion, mostAsked });
    },
  };
}
