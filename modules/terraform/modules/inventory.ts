import { buildInventory, HAS_FUNCTION } from './inventory-build.js';
import { INVENTORY_PRESENCE } from '../references/inventory.js';
import type { PlainModule } from '../generate/module.js';
import { CONFIG_VARIABLES } from '../variables/config.js';
import { inventoryVariables } from '../variables/pipeline.js';
import { matches } from '../variables/variable.js';

export const INVENTORY: PlainModule = {
  name: 'inventory',
  summary:
    'An S3 Inventory, or a file that lists keys, as a table that Athena can query: Glue database and table, workgroup ' +
    'with a limit, bucket for results. With historic_zip also the function that puts old granules on a queue, and what ' +
    'has it run.',
  variables: {
    name: {
      type: 'string',
      description: 'What the names of everything begin with.',
      rules: [
        matches(
          '[a-z][a-z0-9-]{0,39}',
          'be a lower-case letter, then up to 39 lower-case letters, digits or hyphens',
        ),
      ],
    },
    results_bucket: {
      type: 'string',
      description:
        "Name of the bucket that is made for the queries' results; no other in the world may have it.",
      rules: [
        matches(
          '[a-z0-9][a-z0-9-]{1,61}[a-z0-9]',
          'be 3 to 63 lower-case letters, digits or hyphens',
        ),
      ],
    },
    ...inventoryVariables(),
    historic_zip: {
      type: 'string',
      description:
        'Path of the zip of historic.ts, as npm run build leaves it in dist/<pipeline>/; needs queue. Null: no function.',
      default: null,
      rules: [
        { condition: 'fileexists(SELF)', must: 'be the path of a zip that exists before the plan' },
        { condition: 'var.queue != null', must: 'be null while there is no queue to send to' },
      ],
    },
    queue: {
      type: 'object({ url = string, arn = string })',
      description: 'Queue that the function puts granules on, as granule-queue makes it.',
      default: null,
    },
    table_name: {
      type: 'string',
      description:
        "DynamoDB table with the keys pk and sk that keeps the backfill's cursor, in the account and region of the queue. Null: a table of its own.",
      default: null,
      rules: [matches('[A-Za-z0-9_.-]{3,255}', 'be 3 to 255 letters, digits, _, . or -')],
    },
    timeout_seconds: CONFIG_VARIABLES.timeout_seconds,
    memory_mb: CONFIG_VARIABLES.memory_mb,
    log_retention_days: CONFIG_VARIABLES.log_retention_days,
  },
  presence: {
    resources: [
      INVENTORY_PRESENCE.listing,
      [/^aws_dynamodb_table\.table$/, 'var.table_name == null'],
      [/\.backfill_on-deploy/, 'local.runs-once'],
      [/\.schedules_historic$/, 'local.runs-by-chunk'],
      [/\.(historic|schedules)(_|$)/, HAS_FUNCTION],
    ],
    references: INVENTORY_PRESENCE.references,
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
