import { S3Client } from '@aws-sdk/client-s3';
import { s3Objects } from '../../lambdas/inventory/objects.js';
import { findReport } from '../../lambdas/inventory/report.js';
import { ReportMismatchError } from '../../lambdas/inventory/report-mismatch.js';
import { isNamed } from '../../lambdas/runtime/error-codes.js';
import { QueryError } from '../../lambdas/runtime/errors.js';
import { ReportMissingError } from '../../lambdas/inventory/report-missing.js';
import { S3_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { bytesText, usdText } from '../backfill/cost.js';
import { configuredInventory } from '../backfill/target.js';
import { scanCostUsd, type InventoryReport } from '../../lambdas/inventory/report.js';
import { errorText } from '../shared/deployed-pipeline.js';
import {
  fine,
  isDenied,
  NETWORK,
  unchecked,
  unneeded,
  wrong,
  type Check,
  type Verdict,
} from './check.js';

/** S3 writes a weekly inventory on Sundays. */
const OLD_MS = 9 * 86_400_000;

/** The newest report of the inventory, and whether it has the columns of config.yaml. */
export const inventory: Check = {
  name: 'inventory',
  needsCredentials: ({ pipeline: { config } }) => config.inventory_location !== undefined,
  run: async ({ pipeline: { config } }) => {
    const configured = configuredInventory(config);
    if (configured === undefined) return unneeded('inventory_location is not set');
    const { region, requester_pays: requesterPays } = config;
    const client = new S3Client({
      region,
      followRegionRedirects: true,
      requestHandler: S3_REQUESTS,
    });
    try {
      return verdictOn(
        await findReport(configured, s3Objects({ requesterPays, client })),
        configured,
      );
    } catch (error) {
      return faultOf(error);
    }
  },
};

function verdictOn(
  { dt, inventoryDate, files, bytes }: InventoryReport,
  { pinnedDt }: { readonly pinnedDt?: string | undefined },
): Verdict {
  const what = dt === undefined ? `the listing of ${inventoryDate}` : `the report ${dt}`;
  if (dt !== undefined && pinnedDt === undefined && Date.now() - Date.parse(inventoryDate) > OLD_MS)
    return wrong(
      `${what} is the newest, and S3 writes one a day or a week`,
      'check that the inventory is still configured and may write to its bucket; to use this report, name it in inventory_location (.../hive/dt=...)',
    );
  const size = `${files} ${files === 1 ? 'file' : 'files'}, ${bytesText(bytes)}`;
  return fine(
    `${what} fits config.yaml: ${size}; a query costs at most ${usdText(scanCostUsd(bytes))}`,
  );
}

function faultOf(error: unknown): Verdict {
  if (error instanceof ReportMissingError)
    return wrong(
      error.missing,
      'correct inventory_location, or wait for the report: the backfill waits for it, too',
    );
  if (error instanceof ReportMismatchError)
    return wrong(error.mismatch, `set ${error.lines.join(' and ')}`);
  const cause = error instanceof Error ? error.cause : undefined;
  if (isDenied(cause))
    return unchecked(
      `your credentials may not read it: allow s3:ListBucket and s3:GetObject on its bucket to check it: ${errorText(cause)}`,
    );
  const isPermanent = error instanceof QueryError && error.kind === 'permanent';
  if (isPermanent || isNamed(cause, 'NoSuchBucket'))
    return wrong(errorText(error), 'correct inventory_location, or the inventory');
  return wrong(errorText(error), NETWORK);
}
