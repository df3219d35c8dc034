import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CachedTokens } from '../../lambdas/ingestor/access-token.js';
import { secretReader } from '../../lambdas/ingestor/client-secret.js';
import { ingestionTable } from '../../lambdas/ingestor/ingestion-table.js';
import type { IngestionLog, PendingIngestion } from '../../lambdas/ingestor/pending.js';
import { ingestorReader, type IngestorReader } from '../../lambdas/ingestor/reader.js';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { silentLog } from '../../lambdas/runtime/log.js';
import { mapLimited } from '../../lambdas/runtime/retry.js';
import { memoryTokenStore } from '../../local/container/shared-token.js';
import type { DeployedPipeline } from '../shared/deployed-pipeline.js';
import { failedOf, type FailedIngestion, type OwnFailures } from './failed-ingestion.js';

/** Enough to know what is wrong; a run of the verification asks for the others. */
const MOST_ASKED = 500;
const CONCURRENT = 16;

interface OwnPosts {
  readonly pending: IngestionLog['pending'];
  readonly getIngestion: IngestorReader['getIngestion'];
}

/** Asks the ingestor for the posts that are not settled, 500 at most. Throws IngestorError, TokenError and ConfigurationError. */
export async function ownFailures({ pending, getIngestion }: OwnPosts): Promise<OwnFailures> {
  const rows: PendingIngestion[] = [];
  let isCut = false;
  for await (const row of pending()) {
    if (row.isRequeued) continue;
    isCut = rows.length === MOST_ASKED;
    if (isCut) break;
    rows.push(row);
  }
  const failed: FailedIngestion[] = [];
  await mapLimited(rows, CONCURRENT, async ({ itemId, postedBy }) => {
    const found = await getIngestion(itemId, postedBy);
    if (typeof found === 'object' && found.status === 'failed') failed.push(failedOf(found));
  });
  const unseen = isCut
    ? `more than ${MOST_ASKED} Items are not settled, and only that many were asked for`
    : undefined;
  return { failed, unseen };
}

/** How to ask for the failed posts of a deployed pipeline. Without verify_ingestion it keeps no record of its posts. */
export function failuresOf({
  config: { region, ingestor_url: url, secret_arn: secretArn, verify_ingestion: keepsRecord },
  names: { stateTable },
}: Pick<DeployedPipeline, 'config' | 'names'>): {
  readonly ownFailures?: () => Promise<OwnFailures>;
} {
  if (!keepsRecord) return {};
  return {
    ownFailures: () => {
      const table = new DynamoDBClient({ region, requestHandler: AWS_REQUESTS });
      const { pending } = ingestionTable(stateTable, table);
      const { getIngestion } = ingestorReader({ url, tokens: ownTokens(secretArn) });
      return ownFailures({ pending, getIngestion });
    },
  };
}

/** A token of this command alone: only functions share theirs in the state table. */
function ownTokens(secretArn: string): CachedTokens {
  return new CachedTokens({
    readSecret: secretReader(secretArn),
    store: memoryTokenStore(),
    log: silentLog,
  });
}
