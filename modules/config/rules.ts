import { PYTHON_RULES } from './python-rules.js';
import { parseArn, parsePolicyArn, partitionOf } from './values/arn.js';
import type { WrittenConfig } from './fields.js';
import type { ConfigRule } from './rule.js';
import type { Field, Fields } from './fields/field.js';
import { nestedNames } from './values/filter-policy.js';
import { parseInventoryLocation } from './values/inventory-location.js';

/** The rules that follow from the keys that the rows of a table need. */
export function needsRules(fields: Fields): readonly ConfigRule[] {
  return Object.entries(fields).flatMap(([field, { needs = {} }]) =>
    Object.entries(needs).map(([needed, why]) => ({
      field,
      with: [],
      broken: (config: Readonly<Record<string, unknown>>) =>
        config[field] !== undefined && !isMet(fields[needed], config[needed])
          ? `needs ${needed}: ${why}`
          : undefined,
    })),
  );
}

/** Whether what another key needs is there: a value, or for true and false, what applies is true. */
export function isMet(needed: Field | undefined, value: unknown): boolean {
  if (needed?.kind === 'boolean') return (value ?? needed.default) === true;
  return value !== undefined;
}

/** The rules that are not about a missing key. */
export const BETWEEN_RULES: readonly ConfigRule[] = [
  ...PYTHON_RULES,
  {
    field: 'region',
    with: ['secret_arn'],
    broken: ({ region, secret_arn }) => otherPartition(region, regionOf(secret_arn)),
  },
  {
    field: 'sns',
    with: ['region', 'secret_arn'],
    broken: ({ sns, ...config }) => otherPartition(regionOf(sns), stackRegion(config)),
  },
  {
    field: 'sns_filter_policy',
    with: ['sns_filter_policy_scope'],
    broken: ({ sns_filter_policy: policy = {}, sns_filter_policy_scope: scope }) =>
      scope === 'MessageAttributes'
        ? nestedNames(policy).map((path) => ({ path, message: nestedAttribute(path) }))
        : undefined,
  },
  {
    field: 'historic_frequency',
    with: ['initial_chunk'],
    broken: ({ historic_frequency: hours = 0, initial_chunk }) =>
      hours > 0 && initial_chunk === undefined
        ? 'needs initial_chunk: the backfill has to start with a chunk'
        : undefined,
  },
  {
    field: 'initial_chunk',
    with: ['historic_frequency'],
    broken: ({ historic_frequency, initial_chunk }) =>
      historic_frequency === 0 && initial_chunk !== undefined
        ? 'must be left out when historic_frequency is 0: everything is read in one go'
        : undefined,
  },
  {
    field: 'batch_size',
    with: ['batch_window_seconds'],
    broken: ({ batch_size = 1, batch_window_seconds = 0 }) =>
      batch_size > 10 && batch_window_seconds < 1
        ? 'needs batch_window_seconds of at least 1 when it is above 10'
        : undefined,
  },
  {
    field: 'inventory_format',
    with: ['inventory_location'],
    broken: ({ inventory_format = 'csv', inventory_location }) =>
      inventory_format !== 'csv' && listingFormat(inventory_location) !== undefined
        ? 'must be csv or left out: inventory_location is one file that lists keys'
        : undefined,
  },
  {
    field: 'inventory_fields',
    with: ['inventory_location'],
    broken: ({ inventory_fields, inventory_location }) =>
      inventory_fields !== undefined && listingFormat(inventory_location) === 'text'
        ? 'must be left out: inventory_location is a text file with one key per line'
        : undefined,
  },
  {
    field: 'secret_kms_key_arn',
    with: ['secret_arn'],
    broken: ({ secret_kms_key_arn, secret_arn }) =>
      regionOf(secret_kms_key_arn) === regionOf(secret_arn) || secret_kms_key_arn === undefined
        ? undefined
        : `must be a key in ${regionOf(secret_arn) ?? ''}, where the secret is`,
  },
  {
    field: 'source_kms_key_arns',
    with: ['secret_arn'],
    broken: ({ source_kms_key_arns: keys = [], secret_arn }) =>
      keys.map((key) => otherPartition(regionOf(key), regionOf(secret_arn))).find(Boolean),
  },
  {
    field: 'permissions_boundary_arn',
    with: ['secret_arn'],
    broken: ({ permissions_boundary_arn: boundary, secret_arn }) =>
      boundary === undefined || secret_arn === undefined
        ? undefined
        : elsewhere(parsePolicyArn(boundary), parseArn(secret_arn)),
  },
  {
    field: 'alarm_topic_arn',
    with: ['region', 'secret_arn', 'sns'],
    broken: ({ alarm_topic_arn, ...config }) => {
      const regions = [stackRegion(config), regionOf(config.sns)];
      return alarm_topic_arn === undefined || regions.includes(regionOf(alarm_topic_arn))
        ? undefined
        : `must be a topic in ${regions[0] ?? ''}: an alarm only notifies topics in its own region`;
    },
  },
];

type Owner = Pick<ReturnType<typeof parseArn>, 'partition' | 'account'>;

/** A permissions boundary is a policy of the role's own account, or one that AWS manages. */
function elsewhere({ partition, account }: Owner, own: Owner): string | undefined {
  if (partition !== own.partition) return `must be in the partition ${own.partition}`;
  return account === 'aws' || account === own.account
    ? undefined
    : `must be a policy of the account ${own.account}, where the roles are, not of ${account}`;
}

function nestedAttribute(path: readonly PropertyKey[]): string {
  const name = String(path.at(-1));
  return (
    `at ${name}: must be a list of accepted values, because message attributes are not nested; ` +
    'for a policy on the body of messages leave sns_filter_policy_scope out'
  );
}

/** Neither a role nor a subscription works across partitions. */
function otherPartition(region: string | undefined, own: string | undefined): string | undefined {
  if (region === undefined || own === undefined || partitionOf(region) === partitionOf(own)) {
    return undefined;
  }
  return `must be in the partition ${partitionOf(own)}, where ${own} is, not in ${partitionOf(region)}`;
}

function stackRegion({ region, secret_arn }: Partial<WrittenConfig>): string | undefined {
  return region ?? regionOf(secret_arn);
}

function regionOf(arn: string | undefined): string | undefined {
  return arn === undefined ? undefined : parseArn(arn).region;
}

function listingFormat(location: string | undefined): 'csv' | 'text' | undefined {
  const parsed = location === undefined ? undefined : parseInventoryLocation(location);
  return parsed?.kind === 'listing' ? parsed.format : undefined;
}
