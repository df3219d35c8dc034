import { S3Client } from '@aws-sdk/client-s3';
import { s3Objects } from '../../lambdas/inventory/objects.js';
import { findReport } from '../../lambdas/inventory/report.js';
import { ReportMissingError } from '../../lambdas/inventory/report-missing.js';
import { S3_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { bytesText, usdText } from '../backfill/cost.js';
import { configuredInventory } from '../backfill/target.js';
import { scanCostUsd, type InventoryReport } from '../../lambdas/inventory/report.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { fine, isDenied, unchecked, wrong, type Check, type Verdict } from './check.js';

/** S3 writes a weekly inventory on Sundays. */
const OLD_MS = 9 * 86_400_000;

/** The newest report of the inventory, and whether it has the columns of config.yaml. */
export const inventory: Check = {
  name: 'inventory',
  needsCredentials: true,
  run: async ({ pipeline: { config } }) => {
    const configured = configuredInventory(config);
    if (configured === undefined) return unchecked('config.yaml has no inventory_location');
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
      errorText(error),
      'correct inventory_location, or wait for the first report: a deployment waits for it, too',
    );
  if (error instanceof Error && isDenied(error.cause)) return unchecked(errorText(error));
  return wrong(longText(error), 'do what the sentence says');
}

/** The lines for config.yaml have to stay whole. */
function longText(error: unknown): string {
  return error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, '; ') : String(error);
}
