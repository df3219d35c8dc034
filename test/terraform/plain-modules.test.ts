import { describe, expect, test } from '@jest/globals';
import { madeBy, planOf, writeRoot, writeRootTest } from './module-root.js';
import type { ModuleCall } from './module-root.js';
import { findTerraform } from './terraform.js';
import type { Terraform } from './terraform.js';

const TIMEOUT_MS = 240_000;

const terraform = await findTerraform();
const suite = terraform === undefined ? describe.skip : describe;

function found(): Terraform {
  if (terraform === undefined) throw new Error('skipped without Terraform');
  return terraform;
}

const TOPIC = 'arn:aws:sns:eu-central-1:214830741341:NewWaves';
const STATEMENT = { sid: 'Read', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::waves/*'] };

interface Case {
  readonly calls: Readonly<Record<string, ModuleCall>>;
  /** How many resources the plan makes. */
  readonly made: number;
  /** What holds after an apply against mocks, by what is wrong otherwise. */
  readonly conditions: Readonly<Record<string, string>>;
}

const queue = (given: ModuleCall['arguments']): ModuleCall => ({
  module: 'granule-queue',
  arguments: given,
});
const fn = (given: ModuleCall['arguments']): ModuleCall => ({
  module: 'pipeline-function',
  arguments: { zip: '${path.root}/code/app.zip', handler: 'app.handler', ...given },
});

const inventory = (given: ModuleCall['arguments']): ModuleCall => ({
  module: 'inventory',
  arguments: {
    name: 'demo',
    results_bucket: 'demo-results',
    inventory_location: 's3://reports/daily/waves/everything/hive/dt=2022-04-20-01-00',
    ...given,
  },
});
const FUNCTION_OF_INVENTORY = {
  historic_zip: '${path.root}/code/historic.zip',
  queue: {
    url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/waves',
    arn: 'arn:aws:sqs:eu-central-1:123456789012:waves',
  },
};

const CASES: Readonly<Record<string, Case>> = {
  'granule-queue without topic and function': {
    calls: { queue: queue({ name: 'demo' }) },
    made: 2,
    conditions: {
      'the queue has another name': 'output.queue.queue_name == "demo"',
      'there is a subscription': 'output.queue.subscription_dead_letters_name == null',
    },
  },
  'granule-queue that feeds a function of ours, each naming the other': {
    calls: {
      queue: queue({
        name: 'demo',
        subscription: { topic_arn: TOPIC, filter_policy: '{"mode":["IW"]}' },
        consumer: { function_name: '${module.fn.function_name}' },
        batch_size: 100,
        batch_window_seconds: 5,
      }),
      fn: fn({ name: 'demo-app', statements: '${module.queue.consumer_statements}' }),
    },
    made: 9,
    conditions: {
      'the subscription has no dead letters':
        'output.queue.subscription_dead_letters_name == "demo-subscription-dead-letters"',
    },
  },
  'granule-queue twice, in a loop and subscribed to a topic of the same root': {
    calls: {
      queue: queue({
        for_each: '${toset(["one", "two"])}',
        name: 'demo-${each.key}',
        subscription: { topic_arn: TOPIC },
        depends_on: ['module.fn'],
      }),
      fn: fn({ count: 2, name: 'demo-${count.index}' }),
    },
    made: 16,
    conditions: {
      'the names collide': 'output.queue["one"].queue_url != output.queue["two"].queue_url',
    },
  },
  'pipeline-function with everything': {
    calls: {
      fn: fn({
        name: 'demo-app',
        environment: { PIPELINE: 'demo' },
        statements: [
          STATEMENT,
          {
            ...STATEMENT,
            sid: 'List',
            conditions: [{ test: 'StringLike', variable: 's3:prefix', values: ['a/*'] }],
          },
        ],
        keep_failures: true,
        self_invocation: true,
      }),
    },
    made: 8,
    conditions: { 'failures are lost': 'output.fn.on_failure_queue_name == "demo-app-on-failure"' },
  },
  'run-on-deploy of a function': {
    calls: {
      fn: fn({ name: 'demo-app' }),
      run: {
        module: 'run-on-deploy',
        arguments: {
          function_name: '${module.fn.function_name}',
          triggers: { version: '1' },
          depends_on: ['module.fn'],
        },
      },
    },
    made: 6,
    conditions: {},
  },
  'inventory by itself: table of objects, table for a cursor, no function': {
    calls: { inventory: inventory({}) },
    made: 8,
    conditions: {
      'there is a function': 'output.inventory.historic_function_name == null',
      'it keeps its cursor elsewhere': 'output.inventory.table_name == "demo-state"',
    },
  },
  'inventory of a listing, with the table of its caller, read at once': {
    calls: {
      inventory: inventory({
        inventory_location: 's3://lists/waves/all.txt.gz',
        table_name: 'callers',
        ...FUNCTION_OF_INVENTORY,
      }),
    },
    made: 23,
    conditions: {
      'it keeps its cursor elsewhere': 'output.inventory.table_name == "callers"',
      'it has other columns': 'output.inventory.environment.INVENTORY_FIELDS == "key"',
    },
  },
  'inventory twice, in a loop, by chunks onto a queue of the same root': {
    calls: {
      queue: queue({ name: 'demo' }),
      inventory: inventory({
        for_each: '${{ one = "parquet", two = "csv" }}',
        name: 'demo-${each.key}',
        results_bucket: 'demo-${each.key}-results',
        inventory_format: '${each.value}',
        ...FUNCTION_OF_INVENTORY,
        queue: { url: '${module.queue.queue_url}', arn: '${module.queue.queue_arn}' },
        historic_frequency: 1,
        initial_chunk: '2022-04-20',
        max_queue_depth: 5000,
      }),
    },
    made: 2 + 2 * 22,
    conditions: {
      'the first chunk is lost':
        'output.inventory["one"].environment.INITIAL_CHUNK == "2022-04-20"',
    },
  },
  'alarms over queues and functions': {
    calls: {
      alarms: {
        module: 'alarms',
        arguments: {
          name: 'demo',
          topic_arn: TOPIC,
          dead_letters: { granules: { queue: 'demo-dead-letters' } },
          ages: { age: { queue: 'demo', minutes: 10 } },
          functions: { app: 'demo-app', collection: 'demo-collection' },
        },
      },
      silent: { module: 'alarms', arguments: { name: 'silent', functions: { app: 'demo-app' } } },
    },
    made: 8,
    conditions: {
      'the alarms have other names':
        'join(" ", sort(keys(output.alarms.alarm_arns))) == "demo.age demo.app-errors demo.app-throttles demo.collection-errors demo.collection-throttles demo.granules"',
    },
  },
};

suite.each(Object.entries(CASES))('%s', (_, { calls, made, conditions }) => {
  test(
    'is planned as it should be, and applies against mocks',
    async () => {
      const root = writeRoot(calls);

      expect(madeBy(await planOf(found(), root))).toHaveLength(made);
      writeRootTest(root, conditions);
      expect(await found().run(root, 'test')).toContain('1 passed, 0 failed');
    },
    TIMEOUT_MS,
  );
});

/** Arguments that break a rule, and what Terraform says of them. */
const REFUSED: readonly (readonly [what: string, call: ModuleCall, says: string])[] = [
  ['a name', queue({ name: 'no blanks' }), 'name must be 1 to 54 letters, digits, - or _.'],
  [
    'a FIFO topic',
    queue({ name: 'demo', subscription: { topic_arn: `${TOPIC}.fifo` } }),
    'subscription must have the ARN of a standard SNS topic as topic_arn',
  ],
  [
    'a fraction',
    queue({ name: 'demo', max_concurrency: 2.5 }),
    'max_concurrency must be a whole number of concurrent batches from 2 to 1000.',
  ],
  [
    'a zip that is not there',
    fn({ name: 'demo', zip: 'none.zip' }),
    'zip must be the path of a zip that exists before the plan.',
  ],
  [
    'two statements of one name',
    fn({ name: 'demo', statements: [STATEMENT, STATEMENT] }),
    'statements must give each statement a sid of its own',
  ],
  [
    'a day that is not',
    inventory({ historic_frequency: 6, initial_chunk: '2022-02-30' }),
    'initial_chunk must be a day of the calendar, as 2022-04-20, where it looks like one.',
  ],
  [
    'a file in an inventory',
    inventory({ inventory_location: 's3://reports/daily/waves/everything/hive/symlink.txt' }),
    'inventory_location must be the folder of the inventory, not a file in it.',
  ],
  [
    'a column that no inventory has',
    inventory({ inventory_fields: ['key', 'colour'] }),
    'inventory_fields must each be bucket or key or',
  ],
];

/** The same of rules between variables, which Terraform asks only where each variable is right by itself. */
const REFUSED_TOGETHER: typeof REFUSED = [
  [
    'a batch without a window',
    queue({ name: 'demo', batch_size: 11 }),
    'batch_size must be 10 at most while batch_window_seconds is 0.',
  ],
  [
    'chunks that begin nowhere',
    inventory({ historic_frequency: 6 }),
    'historic_frequency must be 0 while there is no initial_chunk to start with.',
  ],
  [
    'a chunk of what is read at once',
    inventory({ initial_chunk: '2022-04-20' }),
    'historic_frequency must be above 0 while there is an initial_chunk',
  ],
  [
    'a function without a queue',
    inventory({ historic_zip: '${path.root}/code/historic.zip' }),
    'historic_zip must be null while there is no queue to send to.',
  ],
];

suite('a variable that breaks a rule', () => {
  test.each([
    ['by itself', REFUSED],
    ['with another one', REFUSED_TOGETHER],
  ])(
    '%s is refused in words that say what is allowed',
    async (_, refused) => {
      const calls = refused.map(([, call], index) => [`call_${index}`, call] as const);
      const root = writeRoot(Object.fromEntries(calls));
      await found().run(root, 'init', '-input=false');

      const { code, output } = await found().try(root, 'plan', '-input=false', '-lock=false');

      // Terraform breaks its lines, and draws a frame.
      const words = output.replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ');
      expect(code).toBe(1);
      for (const [what, , says] of refused) expect(`${what}: ${words}`).toContain(says);
    },
    TIMEOUT_MS,
  );
});
