import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { parseInventoryLocation } from './inventory-location.js';
import type { ObjectListing } from './inventory-location.js';
import { glueTable } from './inventory-table.js';
import type { InventoryTable } from './inventory-table.js';
import type { PipelineNames } from './names.js';
import type { PipelineFunction } from './pipeline-function.js';
import { PrivateBucket } from './private-bucket.js';
import { bucketArn, inventoryPlace, readAccess } from './s3-access.js';
import { terraformText } from './terraform-text.js';

export interface InventoryProps {
  readonly names: Pick<
    PipelineNames,
    'resultsBucket' | 'workgroup' | 'database' | 'inventoryTable'
  >;
  /** `s3://` URL of an inventory or of one object that lists keys. */
  readonly location: string;
  readonly format: 'csv' | 'orc' | 'parquet';
  /** Columns in the order of the manifest's fileSchema. */
  readonly fields: readonly string[];
  readonly maxScanGb: number;
  readonly requesterPays: boolean;
  readonly partition: string;
}

const RESULTS_DAYS = 90;
const RESULTS_PREFIX = 'results/';
const LISTING_PREFIX = 'listing/';
const GIGABYTE = 1e9;

/** An S3 Inventory, or a file that lists keys, as a table that Athena can query. */
export class Inventory extends Construct {
  private readonly results: PrivateBucket;
  private readonly workgroup: AthenaWorkgroup;
  private readonly database: GlueCatalogDatabase;
  private readonly table: GlueCatalogTable;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: InventoryProps,
  ) {
    super(scope, id);
    const { names } = props;
    this.results = new PrivateBucket(this, 'results', {
      name: names.resultsBucket,
      forceDestroy: true,
      expiry: resultsExpiry,
    });
    this.workgroup = this.addWorkgroup(props);
    this.database = new GlueCatalogDatabase(this, 'database', { name: names.database });
    this.table = new GlueCatalogTable(this, 'table', {
      name: names.inventoryTable,
      databaseName: this.database.name,
      ...glueTable(this.describeTable(props)),
    });
  }

  /** Where the queries run, for a function's environment. */
  get environment(): Readonly<Record<'WORKGROUP' | 'DATABASE' | 'INVENTORY_TABLE', string>> {
    const { workgroup, database, table } = this;
    return { WORKGROUP: workgroup.name, DATABASE: database.name, INVENTORY_TABLE: table.name };
  }

  /** Athena reads and writes with the rights of whoever starts the query. */
  allowQueries(fn: PipelineFunction): void {
    const { location, partition } = this.props;
    this.allowAthena(fn);
    this.allowResults(fn);
    const place = inventoryPlace(parseInventoryLocation(location));
    for (const allowance of readAccess([place], { partition, what: 'Inventory' })) {
      fn.allow(allowance);
    }
    fn.allow({
      sid: 'LocateInventory',
      actions: ['s3:GetBucketLocation'],
      resources: [bucketArn(partition, place.bucket)],
    });
  }

  private allowAthena(fn: PipelineFunction): void {
    const { database, table, workgroup } = this;
    fn.allow({
      sid: 'RunQueries',
      actions: [
        'athena:StartQueryExecution',
        'athena:GetQueryExecution',
        'athena:StopQueryExecution',
      ],
      resources: [workgroup.arn],
    });
    fn.allow({
      sid: 'ReadCatalog',
      actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartition', 'glue:GetPartitions'],
      resources: [catalogArn(database.arn), database.arn, table.arn],
    });
  }

  private allowResults(fn: PipelineFunction): void {
    const { arn } = this.results;
    fn.allow({
      sid: 'KeepResults',
      actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
      resources: [`${arn}/*`],
    });
    fn.allow({
      sid: 'FindResults',
      actions: ['s3:ListBucket', 's3:GetBucketLocation'],
      resources: [arn],
    });
  }

  private addWorkgroup({ names, maxScanGb, requesterPays }: InventoryProps): AthenaWorkgroup {
    return new AthenaWorkgroup(this, 'workgroup', {
      name: names.workgroup,
      forceDestroy: true,
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: maxScanGb * GIGABYTE,
        requesterPaysEnabled: requesterPays,
        resultConfiguration: {
          outputLocation: `s3://${this.results.name}/${RESULTS_PREFIX}`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }

  private describeTable({ location, format, fields }: InventoryProps): InventoryTable {
    const parsed = parseInventoryLocation(location);
    if (parsed.kind === 'listing') {
      const listing = parsed.format === 'text' ? 'text' : 'csv';
      return { format: listing, fields, location: this.linkTo(parsed), reports: false };
    }
    const { bucket, prefix } = parsed;
    return {
      format,
      fields,
      location: terraformText(`s3://${bucket}/${prefix}/hive/`),
      reports: true,
    };
  }

  /** Athena reads folders, not objects: a folder of ours holds the one symlink.txt that names the listing. */
  private linkTo({ bucket, key }: ObjectListing): string {
    const link = new S3Object(this, 'listing', {
      bucket: this.results.name,
      key: `${LISTING_PREFIX}symlink.txt`,
      content: terraformText(`s3://${bucket}/${key}\n`),
      contentType: 'text/plain',
    });
    return `s3://${link.bucket}/${LISTING_PREFIX}`;
  }
}

/** The listing's symlink.txt lies in the same bucket, and stays. */
const resultsExpiry = {
  id: 'results',
  status: 'Enabled',
  filter: [{ prefix: RESULTS_PREFIX }],
  expiration: [{ days: RESULTS_DAYS }],
  abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
};

/** The pattern stands between slashes: Terraform takes it for a regular expression. */
function catalogArn(databaseArn: string): string {
  return Fn.replace(databaseArn, '/database/.*/', 'catalog');
}
