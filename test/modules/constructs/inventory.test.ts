import { describe, expect, test } from '@jest/globals';
import { INVENTORY } from '../../support/stacks/config-folder.js';
import {
  addressesOf,
  resourceOf,
  statementsOf,
  synthesize,
} from '../../support/stacks/stack-kit.js';
import type { Block } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const TABLE = 'aws_glue_catalog_table.inventory_table';
const SYMLINK = 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat';

function tableOf(fields: Readonly<Record<string, string>>): Block {
  return resourceOf(synthesize({ ...INVENTORY, ...fields }), TABLE);
}

function storageOf(fields: Readonly<Record<string, string>>): Block {
  return tableOf(fields)['storage_descriptor'] as Block;
}

describe('the table', () => {
  test('[C04][C23][C28] reads the symlinks below hive/, with one partition for each report', () => {
    expect(tableOf({})).toEqual({
      name: 'objects',
      database_name: '${aws_glue_catalog_database.inventory_database.name}',
      table_type: 'EXTERNAL_TABLE',
      parameters: {
        EXTERNAL: 'TRUE',
        'projection.enabled': 'true',
        'projection.dt.type': 'date',
        'projection.dt.format': 'yyyy-MM-dd-HH-mm',
        'projection.dt.range': '2016-12-01-00-00,NOW',
        'projection.dt.interval': '1',
        'projection.dt.interval.unit': 'MINUTES',
      },
      partition_keys: [{ name: 'dt', type: 'string' }],
      storage_descriptor: {
        location: 's3://reports/daily/waves/everything/hive/',
        input_format: SYMLINK,
        output_format: 'org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat',
        ser_de_info: {
          serialization_library: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
          parameters: { separatorChar: ',', quoteChar: '"' },
        },
        columns: ['bucket', 'key', 'size', 'last_modified_date'].map((name) => ({
          name,
          type: 'string',
        })),
      },
    });
  });

  test.each([
    's3://reports/daily/waves/everything',
    's3://reports/daily/waves/everything/hive',
    's3://reports/daily/waves/everything/hive/dt=2022-04-20-01-00',
  ])('[C04] is at hive/ if inventory_location is %s', (inventory_location) => {
    expect(storageOf({ inventory_location })['location']).toBe(
      's3://reports/daily/waves/everything/hive/',
    );
  });

  test('[C07] has only string columns in CSV, where an empty size is ""', () => {
    const columns = storageOf({
      inventory_fields: '[Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size]',
    });
    expect(columns['columns']).toEqual(
      ['bucket', 'key', 'version_id', 'is_latest', 'is_delete_marker', 'size'].map((name) => ({
        name,
        type: 'string',
      })),
    );
  });

  test('[C10] has the columns of the manifest, in the same order', () => {
    const names = ({ columns }: Block) => (columns as Block[]).map(({ name }) => name);

    expect(names(storageOf({ inventory_fields: '[Bucket, Key]' }))).toEqual(['bucket', 'key']);
    expect(names(storageOf({ inventory_fields: '[ETag, Key, Size]' }))).toEqual([
      'e_tag',
      'key',
      'size',
    ]);
  });

  test.each([
    ['orc', 'org.apache.hadoop.hive.ql.io.orc.OrcSerde'],
    ['parquet', 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'],
  ])('[C05] of %s has typed columns and its own SerDe', (inventory_format, library) => {
    const fields = '[bucket, key, is_latest, size, last_modified_date, e_tag]';

    expect(storageOf({ inventory_format, inventory_fields: fields })).toEqual({
      location: 's3://reports/daily/waves/everything/hive/',
      input_format: SYMLINK,
      output_format: 'org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat',
      ser_de_info: { serialization_library: library },
      columns: [
        { name: 'bucket', type: 'string' },
        { name: 'key', type: 'string' },
        { name: 'is_latest', type: 'boolean' },
        { name: 'size', type: 'bigint' },
        { name: 'last_modified_date', type: 'timestamp' },
        { name: 'e_tag', type: 'string' },
      ],
    });
  });

  test.each([
    ['csv listing', 's3://lists/waves/all.csv.gz', 'org.apache.hadoop.hive.serde2.OpenCSVSerde'],
    [
      'text listing',
      's3://lists/waves/all.txt',
      'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
    ],
  ])('of a %s reads it through a symlink in the results bucket', (name, listing, library) => {
    const stack = synthesize(MATRIX[name]);

    const table = resourceOf(stack, TABLE);
    expect(table).not.toHaveProperty('partition_keys');
    expect(table['parameters']).toEqual({ EXTERNAL: 'TRUE' });
    expect(table['storage_descriptor']).toMatchObject({
      location: 's3://${aws_s3_object.inventory_listing.bucket}/listing/',
      input_format: SYMLINK,
      ser_de_info: { serialization_library: library },
      columns: [{ name: 'key', type: 'string' }],
    });
    expect(resourceOf(stack, 'aws_s3_object.inventory_listing')).toEqual({
      bucket: '${aws_s3_bucket.inventory_results.bucket}',
      key: 'listing/symlink.txt',
      content: `${listing}\n`,
      content_type: 'text/plain',
      etag: `\${md5("${listing}\\n")}`,
    });
  });
});

describe('the workgroup', () => {
  test('[F11] enforces its own settings, and is destroyed with its stack', () => {
    const stack = synthesize({ ...INVENTORY, max_scan_gb: '5', requester_pays: 'true' });

    expect(resourceOf(stack, 'aws_athena_workgroup.inventory_workgroup')).toEqual({
      name: 'demo-waves-backfill',
      force_destroy: true,
      configuration: {
        enforce_workgroup_configuration: true,
        publish_cloudwatch_metrics_enabled: true,
        bytes_scanned_cutoff_per_query: 5_000_000_000,
        requester_pays_enabled: true,
        result_configuration: {
          output_location: 's3://${aws_s3_bucket.inventory_results.bucket}/results/',
          encryption_configuration: { encryption_option: 'SSE_S3' },
        },
      },
    });
  });

  test('[C19] is in the same region as its results and tables', () => {
    const stack = synthesize(MATRIX['all settings']);
    for (const address of addressesOf(stack).filter((name) => name.includes('.inventory_'))) {
      expect(resourceOf(stack, address)).not.toHaveProperty('provider');
    }
  });
});

test('the symlink has only the tags of the stack if there are more than an object can have', () => {
  const listing = { ...INVENTORY, inventory_location: 's3://lists/all.csv' };
  const symlinkWith = (count: number): Block => {
    const tags = Array.from({ length: count }, (_, index) => `Tag${index}: x`).join(', ');
    const stack = synthesize({ ...listing, tags: `{ ${tags} }` });
    return resourceOf(stack, 'aws_s3_object.inventory_listing');
  };

  expect(symlinkWith(7)).not.toHaveProperty('tags');
  expect(symlinkWith(8)).toMatchObject({
    tags: { Project: 'demo', Pipeline: 'waves', ManagedBy: 'terraform' },
    override_provider: { default_tags: { tags: {} } },
  });
});

describe('the results', () => {
  const stack = synthesize({ ...INVENTORY });

  test('[F11] are destroyed with the stack and expire after 90 days, unlike the listing', () => {
    expect(resourceOf(stack, 'aws_s3_bucket.inventory_results')).toEqual({
      bucket: 'demo-waves-results-123456789012',
      force_destroy: true,
    });
    expect(
      resourceOf(stack, 'aws_s3_bucket_lifecycle_configuration.inventory_results_expiry')['rule'],
    ).toEqual([
      {
        id: 'results',
        status: 'Enabled',
        filter: [{ prefix: 'results/' }],
        expiration: [{ days: 90 }],
      },
      {
        id: 'unfinished-uploads',
        status: 'Enabled',
        filter: [{}],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      },
    ]);
  });

  test('are not public, and require TLS', () => {
    expect(
      resourceOf(stack, 'aws_s3_bucket_public_access_block.inventory_results_public-access'),
    ).toEqual({
      bucket: '${aws_s3_bucket.inventory_results.bucket}',
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(statementsOf(stack, 'inventory_results_policy-document')['OnlyWithTls']).toMatchObject({
      effect: 'Deny',
      actions: ['s3:*'],
      condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
    });
  });
});

test('a stack without an inventory has no resources for one', () => {
  const kinds = /athena|glue|s3_bucket|recursion|historic/;
  expect(addressesOf(synthesize()).filter((address) => kinds.test(address))).toEqual([]);
});
