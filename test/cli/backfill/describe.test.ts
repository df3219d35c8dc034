import { describe as group, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ActionOptions } from '../../../cli/backfill/action.js';
import { describe } from '../../../cli/backfill/describe.js';
import type { BackfillTarget } from '../../../cli/backfill/target.js';
import { columnName, parseInventory } from '../../../lambdas/inventory/inventory.js';
import type { ObjectReader } from '../../../lambdas/inventory/objects.js';
import { manifestHref } from '../../../lambdas/inventory/report.js';
import { PipelineError } from '../../../lambdas/runtime/errors.js';
import { configOf, faultsOf, INVENTORY } from '../../support/stacks/config-folder.js';

const LOCATION = 's3://reports/daily/waves/everything';
const DT = '2026-11-01-01-00';

interface Schema {
  readonly fileFormat: string;
  readonly fileSchema: string;
}

const OPTIONS: Partial<ActionOptions> = {};

/** What `describe` prints for config.yaml about a report with this schema. */
async function printedLines(schema: Schema): Promise<Readonly<Record<string, string>>> {
  const { json } = await describe(targetOf(schema), OPTIONS as ActionOptions);
  const { configLines } = json as { readonly configLines: readonly string[] };
  return Object.fromEntries(
    configLines.map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
}

function targetOf(schema: Schema): BackfillTarget {
  const inventory = parseInventory({ location: LOCATION, format: 'csv', fields: 'key' });
  const target: Partial<BackfillTarget> = {
    pipeline: 'waves',
    kind: 'aws',
    flags: '',
    settings: { inventory } as BackfillTarget['settings'],
    configured: undefined,
    objects: objectsOf(schema),
  };
  return target as BackfillTarget;
}

function objectsOf(schema: Schema): ObjectReader {
  const files = [{ key: 'data/a.csv.gz', size: 42 }];
  const texts = new Map([
    [manifestHref(LOCATION, DT), JSON.stringify(Object.assign({ files }, schema))],
    [`${LOCATION}/hive/dt=${DT}/symlink.txt`, 's3://reports/data/a.csv.gz'],
  ]);
  return {
    read: (href) => {
      const bytes = Buffer.from(texts.get(href) ?? '');
      return Promise.resolve({ bytes, size: bytes.length, eTag: '1', lastModified: new Date(0) });
    },
    folders: () => Promise.resolve([`dt=${DT}`]),
  };
}

const RECENT = [
  'IntelligentTieringReferenceDate',
  'ObjectLockEventHoldStatus',
  'ObjectLockEventHoldDuration',
  'LifecycleExpirationDate',
];
const WORDS = ['ETag', 'SHA256Checksum', 'KMSKeyID', 'S3Tier2', 'Null', 'true', 'Yes', 'No', 'N'];

const anyField = fc.oneof(
  fc.constantFrom(...RECENT, ...WORDS),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,30}$/),
  fc.stringMatching(/^[a-z][a-z0-9]{0,8}(?:_[A-Za-z0-9]{1,8}){0,4}$/),
);

const anyFields = fc
  .tuple(
    fc.uniqueArray(anyField, { selector: columnName, maxLength: 30 }),
    fc.nat(),
    fc.constantFrom('Key', 'key', 'KEY'),
  )
  .map(([others, index, key]) => {
    const fields = others.filter((field) => !['key', 'dt'].includes(columnName(field)));
    return fields.toSpliced(index % (fields.length + 1), 0, key);
  });

const anyType = fc.constantFrom(
  ...(['string', 'bigint', 'timestamp', 'decimal(10,2)', 'map<string,array<string>>'] as const),
);

const SCHEMA_OF = {
  CSV: (fields: readonly string[]) => fields.join(', '),
  ORC: (fields: readonly string[], type: string) =>
    `struct<${fields.map((field) => `${field}:${type}`).join(',')}>`,
  Parquet: (fields: readonly string[]) =>
    `message s3.inventory {${fields.map((field) => `  optional binary ${field} (UTF8);`).join('')}}`,
};

group('the lines for config.yaml', () => {
  test.each(RECENT)('[N17] an inventory with %s can be backfilled', async (field) => {
    const lines = await printedLines({
      fileFormat: 'CSV',
      fileSchema: `Bucket, Key, Size, ${field}`,
    });

    expect(lines).toEqual({
      inventory_format: 'csv',
      inventory_fields: `[Bucket, Key, Size, ${field}]`,
    });
    expect(configOf({ ...INVENTORY, ...lines }).inventory_fields).toEqual([
      ...['bucket', 'key', 'size'],
      columnName(field),
    ]);
  });

  test('[N17] check-config accepts what describe prints, with the same columns, for any report', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('CSV', 'ORC', 'Parquet'),
        anyFields,
        anyType,
        async (fileFormat, fields, type) => {
          const fileSchema = SCHEMA_OF[fileFormat](fields, type);
          const config = configOf({
            ...INVENTORY,
            ...(await printedLines({ fileFormat, fileSchema })),
          });

          expect(config.inventory_fields).toEqual(fields.map(columnName));
          expect(config.inventory_format).toBe(fileFormat.toLowerCase());
        },
      ),
      { numRuns: 200 },
    );
  });

  test('[N17] what check-config would refuse, describe refuses with the reason', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('CSV', 'ORC', 'Parquet', 'Avro'),
        fc.oneof(fc.string(), fc.constantFrom('Key', 'Key, key', 'Key, dt', 'Key, 1st', 'Size')),
        async (fileFormat, fileSchema) => {
          const lines = await printedLines({ fileFormat, fileSchema }).catch((error: unknown) => {
            expect(error).toBeInstanceOf(PipelineError);
            return {};
          });
          expect(faultsOf({ ...INVENTORY, ...lines })).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    ['CSV', 'Key, dt', "fileSchema contains 'dt', which is the name of the table's partitions"],
    ['CSV', 'Key, 1st', "fileSchema contains '1st', which cannot be a column"],
    ['CSV', 'Key, ETag, e_tag', 'fileSchema names e_tag twice'],
    ['ORC', 'struct<bucket:string>', "fileSchema must contain Key (given 'bucket')"],
    ['Avro', 'Key', "fileFormat must be CSV, ORC or Parquet (given 'Avro')"],
  ])('[N17] a manifest of %s with %s is refused', async (fileFormat, fileSchema, why) => {
    await expect(printedLines({ fileFormat, fileSchema })).rejects.toThrow(
      `${manifestHref(LOCATION, DT)} describes a report that cannot be read: ${why}`,
    );
  });
});
