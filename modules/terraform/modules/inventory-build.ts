import { Token } from 'cdktf';
import { numberKeys } from '../../config/fields.js';
import { BACKFILL_FIELDS } from '../../config/fields/backfill.js';
import { inventoryEnvironment, sourceEnvironment } from '../../pipeline/environment.js';
import { sendAccess } from '../../constructs/granule-queue.js';
import type { Inventory } from '../../constructs/inventory.js';
import { zipCode, type FunctionCode } from '../../constructs/function-code.js';
import type { BackfillParts } from '../../pipeline/functions.js';
import type { BackfillSettings } from '../../pipeline/settings.js';
import { addHistoric, addInventory } from '../../pipeline/scheduled.js';
import { Schedules } from '../../constructs/schedules.js';
import { StateTable } from '../../constructs/state-table.js';
import { inventoryReferences } from '../references/inventory.js';
import { numberReferences } from '../references/pipeline.js';
import type { ModuleStack, Output } from '../generate/stack.js';
import { ownPlace } from '../generate/stack.js';
import { StatementList, STATEMENTS } from '../generate/statement-list.js';

export const HAS_FUNCTION = 'var.historic_zip != null';

/** Adds the inventory, its table and its function to the module. */
export function buildInventory(stack: ModuleStack): void {
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

const FUNCTION_NUMBERS = ['memory_mb', 'timeout_seconds', 'log_retention_days'] as const;

function settingsOf(
  stack: ModuleStack,
  { region, fields }: { readonly region: string; readonly fields: readonly string[] },
): BackfillSettings {
  return {
    id: stack.text('name'),
    region,
    ...numberReferences(stack, [...numberKeys(BACKFILL_FIELDS), ...FUNCTION_NUMBERS]),
    requester_pays: stack.variable('requester_pays').booleanValue,
    read_archived: stack.variable('read_archived').booleanValue,
    source_kms_key_arns: stack.variable('source_kms_key_arns').listValue,
    permissions_boundary_arn: stack.text('permissions_boundary_arn'),
    inventory_location: stack.text('inventory_location'),
    inventory_format: stack.text('inventory_format'),
    inventory_fields: [...fields],
    initial_chunk: stack.text('initial_chunk'),
    granule_pattern: stack.text('granule_pattern'),
    source: [`s3://${stack.text('granule_bucket')}/`],
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
    schedules: {
      historic: `${name}-historic`,
      resume: `${name}-keeper`,
      verify: '',
      breaker: '',
    },
  };
}

/** The table of the caller, or a new one. */
function tableOf(stack: ModuleStack): Parts['table'] {
  new StateTable(stack, 'table', { name: `${stack.text('name')}-state` });
  const own = (attribute: string) => `one(aws_dynamodb_table.table[*].${attribute})`;
  const place = 'split(":", var.queue.arn)';
  const arn = `join(":", ["arn", ${place}[1], "dynamodb", ${place}[3], ${place}[4], "table/\${var.table_name}"])`;
  return {
    name: stack.local('table-name', `var.table_name == null ? ${own('name')} : var.table_name`)
      .asString,
    // The account comes from the ARN of the queue; without a queue there is no function, and the ARN is not needed.
    arn: stack.local('table-arn', `var.table_name == null ? ${own('arn')} : try(${arn}, null)`)
      .asString,
  };
}

function tableOutputs({ inventory, table, config }: Parts): Record<string, Output> {
  const { WORKGROUP, DATABASE, INVENTORY_TABLE } = inventory.environment;
  const reader = new StatementList('');
  inventory.allowQueries(reader);
  return {
    workgroup: { value: WORKGROUP, description: 'The name of the Athena workgroup.' },
    database: { value: DATABASE, description: 'The name of the Glue database.' },
    inventory_table: {
      value: INVENTORY_TABLE,
      description: 'The name of the table in the database.',
    },
    table_name: {
      value: table.name,
      description: 'The name of the DynamoDB table that stores the cursor of the backfill.',
    },
    environment: {
      value: {
        TABLE_NAME: table.name,
        ...sourceEnvironment(config),
        ...inventoryEnvironment(config, inventory),
      },
      description: 'The environment variables that a historic function of your own needs.',
    },
    reader_statements: {
      value: reader.statements,
      description: `The statements that a function needs to query the table, ${STATEMENTS}.`,
    },
  };
}

type Names = ReturnType<typeof namesOf>;

function addFunction(
  stack: ModuleStack,
  parts: Parts & { readonly names: Names },
): Record<string, Output> {
  const { functions, deadLetters } = addHistoric(stack, {
    ...parts,
    queue: callersQueue(stack),
    project: stack.text('name'),
    historic: codeOf(stack),
    schedules: addSchedules(stack),
    after: [],
  });
  return {
    historic_function_name: {
      value: functions[0]?.name,
      description: 'The name of the function; null without historic_zip.',
    },
    on_failure_queue_name: {
      value: deadLetters[0]?.queue.name,
      description:
        'The name of the queue for runs that failed after all retries; null without historic_zip.',
    },
  };
}

function callersQueue(stack: ModuleStack): BackfillParts['queue'] {
  const field = (name: string) => Token.asString(stack.field('queue', name));
  const deadLetter = (name: string) => Token.asString(stack.field('dead_letters', name));
  return {
    url: field('url'),
    deadLetters: { url: deadLetter('url'), arn: deadLetter('arn') },
    acceptFrom: (fn) => {
      fn.allow(sendAccess(field('arn')));
    },
  };
}

function codeOf(stack: ModuleStack): FunctionCode {
  return zipCode({
    path: stack.text('historic_zip'),
    hashBase64: stack.local('code-hash', 'try(filebase64sha256(var.historic_zip), null)').asString,
    handler: 'historic.handler',
  });
}

function addSchedules(stack: ModuleStack): Schedules {
  const name = stack.text('name');
  stack.local('runs-once', `${HAS_FUNCTION} && var.historic_frequency == 0`);
  stack.local('runs-by-chunk', `${HAS_FUNCTION} && var.historic_frequency > 0`);
  return new Schedules(stack, 'schedules', {
    group: `${name}-schedules`,
    role: `${name}-schedules`,
    deadLetters: `${name}-schedule-dead-letters`,
    permissionsBoundary: stack.text('permissions_boundary_arn'),
  });
}
