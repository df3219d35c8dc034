import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Fn } from 'cdktf';
import type { IResolvable } from 'cdktf';
import { Construct } from 'constructs';
import type { InventorySource } from './inventory-source.js';
import { glueTable } from './inventory-table.js';
import type { PipelineNames } from '../config/names.js';
import type { PipelineFunction } from './pipeline-function.js';
import { PrivateBucket } from './private-bucket.js';
import { bucketArn, readAccess } from './s3-access.js';
import { multiply, terraformText } from './tokens.js';

export interface InventoryProps {
  readonly names: Pick<
    PipelineNames,
    'resultsBucket' | 'workgroup' | 'database' | 'inventoryTable'
  >;
  readonly source: InventorySource;
  readonly maxScanGb: number;
  readonly requesterPays: boolean | IResolvable;
  readonly partition: string;
}

const RESULTS_DAYS = 90;
const RESULTS_PREFIX = 'results/';
export const LISTING_PREFIX = 'listing/';
const GIGABYTE = 1e9;

/**
 * An S3 Inventory, or a file that lists keys, as a table that Athena can query.
 *
 * Resources:
 * - `aws_athena_workgroup`, `aws_glue_catalog_database` and `aws_glue_catalog_table`
 * - a private bucket for query results (see PrivateBucket)
 * - `aws_s3_object` with the symlink.txt of a listing
 */
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
    const { names, source } = props;
    this.results = new PrivateBucket(this, 'results', {
      name: names.resultsBucket,
      forceDestroy: true,
      expiry: resultsExpiry,
    });
    this.workgroup = this.addWorkgroup(props);
    this.database = new GlueCatalogDatabase(this, 'database', { name: names.database });
    const link = source.listing ? this.linkTo(source.listing) : '';
    this.table = new GlueCatalogTable(this, 'table', {
      name: names.inventoryTable,
      databaseName: this.database.name,
      ...glueTable({ ...source.table, location: source.folder ?? link }),
    });
  }

  /** Environment variables by which a function finds the workgroup and the table. */
  get environment(): Readonly<Record<'WORKGROUP' | 'DATABASE' | 'INVENTORY_TABLE', string>> {
    const { workgroup, database, table } = this;
    return { WORKGROUP: workgroup.name, DATABASE: database.name, INVENTORY_TABLE: table.name };
  }

  /** Allows a function to query the table. Athena reads and writes with the permissions of the function. */
  allowQueries(fn: Pick<PipelineFunction, 'allow'>): void {
    const { source, partition } = this.props;
    const { place } = source;
    this.allowAthena(fn);
    this.allowResults(fn);
    for (const statement of readAccess([place], { partition, what: 'Inventory' })) {
      fn.allow(statement);
    }
    fn.allow({
      sid: 'LocateInventory',
      actions: ['s3:GetBucketLocation'],
      resources: [bucketArn(partition, place.bucket)],
    });
  }

  private allowAthena(fn: Pick<PipelineFunction, 'allow'>): void {
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
      // Athena's documentation calls the database "default" mandatory in policies for Glue.
      resources: [
        catalogArn(database.arn),
        defaultDatabaseArn(database.arn),
        database.arn,
        table.arn,
      ],
    });
  }

  private allowResults(fn: Pick<PipelineFunction, 'allow'>): void {
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
        bytesScannedCutoffPerQuery: multiply(maxScanGb, GIGABYTE),
        requesterPaysEnabled: requesterPays,
        resultConfiguration: {
          outputLocation: `s3://${this.results.name}/${RESULTS_PREFIX}`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }

  /** Athena reads folders, not single objects: a folder of its own holds the symlink.txt that names the listing. */
  private linkTo({ bucket, key }: NonNullable<InventorySource['listing']>): string {
    const content = terraformText(`s3://${bucket}/${key}\n`);
    const link = new S3Object(this, 'listing', {
      bucket: this.results.name,
      key: `${LISTING_PREFIX}symlink.txt`,
      content,
      contentType: 'text/plain',
      // Terraform does not read the content back, but the ETag: without it, a refused upload would go unnoticed.
      etag: Fn.md5(content),
    });
    return `s3://${link.bucket}/${LISTING_PREFIX}`;
  }
}

/** Only results expire: the symlink.txt of a listing is in the same bucket, and must stay. */
const resultsExpiry = {
  id: 'results',
  status: 'Enabled',
  filter: [{ prefix: RESULTS_PREFIX }],
  expiration: [{ days: RESULTS_DAYS }],
};

/** @see https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html */
function defaultDatabaseArn(databaseArn: string): string {
  return Fn.replace(databaseArn, '/database/.*/', 'database/default');
}

/** Terraform treats a pattern between slashes as a regular expression. */
function catalogArn(databaseArn: string): string {
  return Fn.replace(databaseArn, '/database/.*/', 'catalog');
}
