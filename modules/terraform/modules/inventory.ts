import { buildInventory, HAS_FUNCTION } from './inventory-build.js';
import { INVENTORY_PRESENCE } from '../references/inventory.js';
import { SOURCE_KEYS_PRESENCE } from '../references/pipeline.js';
import type { TerraformModule } from '../generate/module.js';
import { CONFIG_VARIABLES } from '../variables/config.js';
import { PATTERN_LENGTH } from '../variables/python-rules.js';
import { inventoryVariables } from '../variables/pipeline.js';
import { matches } from '../variables/variable.js';

/** A bucket that exists may have dots in its name. */
const BUCKET = '[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]';

export const INVENTORY: TerraformModule = {
  name: 'inventory',
  summary:
    'An S3 Inventory, or a file that lists keys, as a table for Athena: Glue database and table, workgroup with a limit, ' +
    'and bucket for results. With historic_zip also the function that sends existing granules to a queue, and its ' +
    'schedules.',
  variables: {
    name: {
      type: 'string',
      description: 'The prefix of every name.',
      rules: [
        matches(
          '[a-z][a-z0-9-]{0,39}',
          'be a lowercase letter, then up to 39 lowercase letters, digits or hyphens',
        ),
      ],
    },
    results_bucket: {
      type: 'string',
      description:
        'The name of the new bucket for the results of queries. Bucket names are unique across all AWS accounts.',
      rules: [
        matches(
          '[a-z0-9][a-z0-9-]{1,61}[a-z0-9]',
          'be 3 to 63 lowercase letters, digits or hyphens',
        ),
      ],
    },
    ...inventoryVariables(),
    historic_zip: {
      type: 'string',
      description:
        'The path of the zip of historic.ts, as npm run build writes it to dist/<pipeline>/. It needs queue and dead_letters. Null: no function.',
      default: null,
      rules: [
        { condition: 'fileexists(SELF)', must: 'be the path of a zip that exists before the plan' },
        { condition: 'var.queue != null', must: 'be null while there is no queue to send to' },
        {
          condition: 'var.dead_letters != null',
          must: 'be null while there is no queue for the rows that it refuses (dead_letters)',
        },
      ],
    },
    queue: {
      type: 'object({ url = string, arn = string })',
      description:
        'The queue that the function sends granules to, such as one of the module granule-queue. Null: no queue.',
      default: null,
    },
    dead_letters: {
      type: 'object({ url = string, arn = string })',
      description:
        'The queue that the function sends a dead letter to for each row of the inventory that it refuses, such as the dead-letter queue of the module granule-queue. Null: no queue.',
      default: null,
    },
    granule_pattern: {
      type: 'string',
      description:
        'The regular expression that finds the keys of granules, for a pipeline in Python without historic.ts. It may match any part of a key. Null: historic.ts selects the granules.',
      default: null,
      rules: [
        PATTERN_LENGTH,
        { condition: 'var.granule_bucket != null', must: 'be null without granule_bucket' },
      ],
    },
    granule_bucket: {
      type: 'string',
      description:
        'The bucket of the keys that granule_pattern finds. Required with granule_pattern. Null: none.',
      default: null,
      rules: [matches(BUCKET, 'be the name of a bucket')],
    },
    table_name: {
      type: 'string',
      description:
        'The name of a DynamoDB table with the keys pk and sk for the cursor of the backfill, in the account and region of the queue. Null: the module creates a table.',
      default: null,
      rules: [matches('[A-Za-z0-9_.-]{3,255}', 'be 3 to 255 letters, digits, _, . or -')],
    },
    timeout_seconds: CONFIG_VARIABLES.timeout_seconds,
    memory_mb: CONFIG_VARIABLES.memory_mb,
    log_retention_days: CONFIG_VARIABLES.log_retention_days,
    permissions_boundary_arn: CONFIG_VARIABLES.permissions_boundary_arn,
  },
  presence: {
    resources: [
      INVENTORY_PRESENCE.listing,
      [/^aws_dynamodb_table\.table$/, 'var.table_name == null'],
      [/\.backfill_on-deploy/, 'local.runs-once'],
      [/\.schedules_historic$/, 'local.runs-by-chunk'],
      [/\.(historic|schedules)(_|$)/, HAS_FUNCTION],
    ],
    references: {
      ...INVENTORY_PRESENCE.references,
      ...SOURCE_KEYS_PRESENCE,
    },
    repeats: INVENTORY_PRESENCE.repeats,
  },
  example: `module "inventory" {
  source = "MODULE"

  name               = "demo"
  results_bucket     = "demo-results-123456789012"
  inventory_location = "s3://sentinel-inventory/sentinel-s1-l1c/sentinel-s1-l1c-inventory"
}

output "database" {
  value = module.inventory.database
}
`,
  build: buildInventory,
};
