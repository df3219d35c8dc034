import { Token } from 'cdktf';
import type { BackfillSettings } from '../pipeline-settings.js';
import { inventoryEnvironment, sourceEnvironment } from '../environment.js';
import { sendGranules } from '../granule-queue.js';
import type { QueueUser } from '../granule-queue.js';
import type { Inventory } from '../inventory.js';
import { addHistoric, addInventory } from '../scheduled.js';
import { Schedules } from '../schedules.js';
import { StateTable } from '../state-table.js';
import { BACKFILL_VARIABLES, HISTORIC_FREQUENCY } from './backfill-variables.js';
import { INVENTORY_PRESENCE, inventoryReferences } from './inventory-references.js';
import type { ModuleStack, Output } from './module-stack.js';
import { ownPlace } from './own-place.js';
import type { PlainModule } from './plain-module.js';
import { FUNCTION_SETTINGS, LOG_RETENTION } from './setting-variables.js';
import { StatementList, STATEMENTS } from './statement-list.js';
import { matches } from './variable.js';

const HAS_FUNCTION = 'var.historic_zip != null';

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
    ...BACKFILL_VARIABLES,
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
    historic_frequency: { ...HISTORIC_FREQUENCY, default: 0 },
    timeout_seconds: FUNCTION_SETTINGS.timeout_seconds,
    memory_mb: FUNCTION_SETTINGS.memory_mb,
    log_retention_days: LOG_RETENTION,
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
  build,
};

function build(stack: ModuleStack): void {
  const { region, partition } = ownPlace(stack);
  const { source, fields } = inventoryReferences(stack, '${var.results_bucket}');
  const config = settingsOf(stack, { region, fields });
  const names = namesOf(stack);
  const inventory = addInventory(stack, { config, names, source, partition });
  const table = tableOf(stack);
  stack.addOutputs({
    ...tableOutputs({ inventory, table, config }),
    ...addFunction(stack, { inventory, table, config, names }),
  });
}

interface Parts {
  readonly inventory: Inventory;
  readonly table: { readonly name: string; readonly arn: string };
  readonly config: BackfillSettings;
}

function settingsOf(
  stack: ModuleStack,
  { region, fields }: { readonly region: string; readonly fields: readonly string[] },
): BackfillSettings {
  return {
    id: stack.text('name'),
    region,
    memory_mb: stack.number('memory_mb'),
    timeout_seconds: stack.number('timeout_seconds'),
    log_retention_days: stack.number('log_retention_days'),
    requester_pays: stack.variable('requester_pays').booleanValue,
    inventory_location: stack.text('inventory_location'),
    inventory_format: stack.text('inventory_format'),
    inventory_fields: [...fields],
    historic_frequency: stack.number('historic_frequency'),
    initial_chunk: stack.text('initial_chunk'),
    max_queue_depth: stack.number('max_queue_depth'),
    max_scan_gb: stack.number('max_scan_gb'),
  };
}

function namesOf(stack: ModuleStack) {
  const name = stack.text('name');
  return {
    resultsBucket: stack.text('results_bucket'),
    workgroup: `${name}-backfill`,
    database: stack.local('database', 'replace(var.name, "-", "_")').asString,
    inventoryTable: 'objects',
    functions: {
      historic: {
        function: `${name}-historic`,
        role: `${name}-historic`,
        logGroup: `/aws/lambda/${name}-historic`,
        onFailureQueue: `${name}-historic-on-failure`,
      },
    },
    schedules: { historic: `${name}-historic`, keeper: `${name}-keeper`, verify: '' },
  };
}

/** The caller's table, or one of its own. */
function tableOf(stack: ModuleStack): Parts['table'] {
  new StateTable(stack, 'table', { name: `${stack.text('name')}-state` });
  const own = (attribute: string) => `one(aws_dynamodb_table.table[*].${attribute})`;
  const place = 'split(":", var.queue.arn)';
  const arn = `join(":", ["arn", ${place}[1], "dynamodb", ${place}[3], ${place}[4], "table/\${var.table_name}"])`;
  return {
    name: stack.local('table-name', `var.table_name == null ? ${own('name')} : var.table_name`)
      .asString,
    // Without a queue there is neither a function nor an account to name.
    arn: stack.local('table-arn', `var.table_name == null ? ${own('arn')} : try(${arn}, null)`)
      .asString,
  };
}

function tableOutputs({ inventory, table, config }: Parts): Record<string, Output> {
  const { WORKGROUP, DATABASE, INVENTORY_TABLE } = inventory.environment;
  const reader = new StatementList('');
  inventory.allowQueries(reader);
  return {
    workgroup: { value: WORKGROUP, description: 'Name of the Athena workgroup.' },
    database: { value: DATABASE, description: 'Name of the Glue database.' },
    inventory_table: { value: INVENTORY_TABLE, description: 'Name of the table in it.' },
    table_name: {
      value: table.name,
      description: 'Name of the DynamoDB table that keeps the cursor.',
    },
    environment: {
      value: {
        TABLE_NAME: table.name,
        ...sourceEnvironment(config),
        ...inventoryEnvironment(config, inventory),
      },
      description: 'Environment by which a historic function of your own finds all of it.',
    },
    reader_statements: {
      value: reader.statements,
      description: `What a function that queries the table has to be allowed, ${STATEMENTS}.`,
    },
  };
}

function addFunction(
  stack: ModuleStack,
  parts: Parts & { readonly names: ReturnType<typeof namesOf> },
): Record<string, Output> {
  const name = stack.text('name');
  stack.local('runs-once', `${HAS_FUNCTION} && var.historic_frequency == 0`);
  stack.local('runs-by-chunk', `${HAS_FUNCTION} && var.historic_frequency > 0`);
  const queue = {
    url: Token.asString(stack.field('queue', 'url')),
    acceptFrom: (fn: Pick<QueueUser, 'allow'>) => {
      fn.allow(sendGranules(Token.asString(stack.field('queue', 'arn'))));
    },
  };
  const { functions, deadLetters } = addHistoric(stack, {
    ...parts,
    queue,
    project: name,
    historic: {
      path: stack.text('historic_zip'),
      hashBase64: stack.local('code-hash', 'try(filebase64sha256(var.historic_zip), null)')
        .asString,
      handler: 'historic.handler',
    },
    schedules: new Schedules(stack, 'schedules', {
      group: `${name}-schedules`,
      role: `${name}-schedules`,
      deadLetters: `${name}-schedule-dead-letters`,
    }),
    after: [],
  });
  return {
    historic_function_name: {
      value: functions[0]?.name,
      description: 'Name of the function; null without one.',
    },
    on_failure_queue_name: {
      value: deadLetters[0]?.queue.name,
      description: 'Name of the queue of runs that failed for good; null without a function.',
    },
  };
}
