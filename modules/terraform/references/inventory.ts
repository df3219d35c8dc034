import { DEFAULT_INVENTORY_FIELDS, PARTITION_KEY } from '../../config/values/inventory-fields.js';
import type { InventorySource } from '../../constructs/inventory-source.js';
import { LISTING_PREFIX } from '../../constructs/inventory.js';
import { COLUMN_TYPES, SERDES, TEXT_FORMATS } from '../../constructs/inventory-table.js';
import { columnsOf, LISTING } from '../variables/backfill-rules.js';
import { expressionOf } from '../generate/expression.js';
import type { ModuleStack } from '../generate/stack.js';
import type { Presence } from '../generate/presence.js';

/** The conditions for what only a listing or only an inventory has. */
export const INVENTORY_PRESENCE = {
  listing: [/\.inventory_listing$/, 'local.is-listing'],
  references: { 'local.partition-key': '!local.is-listing' },
  repeats: { columns: 'local.fields' },
} as const satisfies Pick<Presence, 'references' | 'repeats'> & { readonly listing: unknown };

export interface InventoryReferences {
  readonly source: InventorySource;
  readonly fields: readonly string[];
}

const LOCATION = 'coalesce(var.inventory_location, "s3:///")';

/** The source of an inventory as expressions of inventory_location, inventory_format and inventory_fields. */
export function inventoryReferences(
  stack: ModuleStack,
  resultsBucket: string,
): InventoryReferences {
  const local = (name: string, expression: string) => stack.local(name, expression).asString;
  local('is-listing', `can(regex("${LISTING}", ${LOCATION}))`);
  const bucket = local('inventory-bucket', `regex("^s3://([^/]*)/", ${LOCATION})[0]`);
  const key = local('inventory-key', `regex("^s3://[^/]*/(.*)$", ${LOCATION})[0]`);
  local('inventory-prefix', PREFIX);
  const keys = 'local.is-listing ? local.inventory-key : "${local.inventory-prefix}/*"';
  const folder = local(
    'inventory-list-prefix',
    'local.is-listing ? regex("^(?:.*/)?", local.inventory-key) : "${local.inventory-prefix}/"',
  );
  const own = `"s3://${resultsBucket}/${LISTING_PREFIX}"`;
  const reports = '"s3://${local.inventory-bucket}/${local.inventory-prefix}/hive/"';
  return {
    source: {
      place: { bucket, keys: [local('inventory-keys', keys)], folders: [folder] },
      table: tableReferences(stack),
      folder: local('inventory-folder', `local.is-listing ? ${own} : ${reports}`),
      listing: { bucket, key },
    },
    fields: stack.local('fields', FIELDS).asList,
  };
}

/** The same rule as in inventory-location.ts: without `hive`, the time of a report and a slash at the end. */
const PREFIX = 'regex("^(.*?)(?:/hive)?(?:/dt=[^/]*)?/?$", local.inventory-key)[0]';

const FIELDS = columnsOf(
  `(var.inventory_fields != null ? var.inventory_fields : local.is-listing ? ["key"] : ${expressionOf(
    DEFAULT_INVENTORY_FIELDS,
  )})`,
);

const LIBRARIES = Object.fromEntries(
  Object.entries(SERDES).map(([format, { serializationLibrary = '' }]) => [
    format,
    serializationLibrary,
  ]),
);
const PARAMETERS = Object.fromEntries(
  Object.entries(SERDES).flatMap(([format, { parameters }]) =>
    parameters ? [[format, parameters]] : [],
  ),
);

function tableReferences(stack: ModuleStack): InventorySource['table'] {
  stack.local(
    'table-format',
    `local.is-listing ? (can(regex("\\\\.txt(\\\\.gz)?$", var.inventory_location)) ? "text" : "csv") : var.inventory_format`,
  );
  stack.local(
    'column-types',
    `contains(${expressionOf(TEXT_FORMATS)}, local.table-format) ? tomap({}) : tomap(${expressionOf(COLUMN_TYPES)})`,
  );
  const pick = (table: object) => `lookup(${expressionOf(table)}, local.table-format, null)`;
  return {
    serDe: {
      serializationLibrary: stack.local('serde-library', pick(LIBRARIES)).asString,
      parameters: stack.local('serde-parameters', pick(PARAMETERS)).asStringMap,
    },
    columns: [
      {
        name: '${columns.value}',
        type: '${lookup(local.column-types, columns.value, "string")}',
      },
    ],
    partitionKey: stack.local('partition-key', `local.is-listing ? null : "${PARTITION_KEY}"`)
      .asString,
  };
}
