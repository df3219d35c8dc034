import {
  fn,
  FUNCTION_OF_INVENTORY,
  IMAGE,
  inventory,
  queue,
  QUEUES_OF_MODULE,
  runOnDeploy,
  STATEMENT,
  TOPIC,
} from './module-calls.js';
import type { Case } from './module-case.js';
import { PIPELINE_CASES } from './pipeline-cases.js';

export const CASES: Readonly<Record<string, Case>> = {
  'granule-queue without topic and function': {
    calls: { queue: queue({ name: 'demo' }) },
    made: 2,
    conditions: {
      'the queue has another name': 'output.queue.queue_name == "demo"',
      'there is a subscription': 'output.queue.subscription_dead_letters_name == null',
    },
  },
  'granule-queue that feeds a function of ours, each naming the other': {
    chosen: true,
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
  'pipeline-function of an image': {
    calls: {
      fn: {
        module: 'pipeline-function',
        arguments: { name: 'demo-app', image_uri: IMAGE, architecture: 'x86_64' },
      },
    },
    made: 4,
    conditions: { 'the function has another name': 'output.fn.function_name == "demo-app"' },
  },
  'run-on-deploy of a function, with a nested event': {
    calls: {
      fn: fn({ name: 'demo-app' }),
      run: runOnDeploy({
        function_name: '${module.fn.function_name}',
        event: { action: 'run', days: [1, 2], filter: { from: '2024-05-01', empty: null } },
        depends_on: ['module.fn'],
      }),
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
        granule_pattern: '[.]nc$',
        granule_bucket: 'waves.example.com',
        ...FUNCTION_OF_INVENTORY,
      }),
    },
    made: 23,
    conditions: {
      'the function does not know the granules':
        '[for name in ["PATTERN", "BUCKET"] : output.inventory.environment["GRANULE_${name}"]] == ["[.]nc$", "waves.example.com"]',
      'it keeps its cursor elsewhere': 'output.inventory.table_name == "callers"',
      'it has other columns': 'output.inventory.environment.INVENTORY_FIELDS == "key"',
    },
  },
  'inventory twice, in a loop, by chunks onto a queue of the same root': {
    chosen: true,
    calls: {
      queue: queue({ name: 'demo' }),
      inventory: inventory({
        for_each: '${{ one = "parquet", two = "csv" }}',
        name: 'demo-${each.key}',
        results_bucket: 'demo-${each.key}-results',
        inventory_format: '${each.value}',
        ...FUNCTION_OF_INVENTORY,
        ...QUEUES_OF_MODULE,
        historic_frequency: 1,
        initial_chunk: '2022-04-20',
        inventory_fields: ['Bucket', 'Key', 'ETag', 'IntelligentTieringReferenceDate'],
        max_queue_depth: 5000,
      }),
    },
    made: 2 + 2 * 22,
    conditions: {
      'the first chunk is lost':
        'output.inventory["one"].environment.INITIAL_CHUNK == "2022-04-20"',
      'the columns are not in snake case':
        'output.inventory["two"].environment.INVENTORY_FIELDS == "bucket,key,e_tag,intelligent_tiering_reference_date"',
      'a variable without a value is there':
        '!can(output.inventory["one"].environment.GRANULE_PATTERN) && !can(output.inventory["one"].environment.GRANULE_BUCKET)',
    },
  },
  'alarms over queues and functions': {
    chosen: true,
    calls: {
      alarms: {
        module: 'alarms',
        arguments: {
          name: 'demo',
          topic_arn: TOPIC,
          dead_letters: { granules: { queue: 'demo-dead-letters' } },
          ages: { age: { queue: 'demo', minutes: 10 } },
          counts: {
            skipped: {
              namespace: 'StacPipelines',
              metric: 'BackfillMessagesSkipped',
              dimensions: { service: 'waves' },
            },
          },
          functions: { app: 'demo-app', collection: 'demo-collection' },
        },
      },
      silent: { module: 'alarms', arguments: { name: 'silent', functions: { app: 'demo-app' } } },
    },
    made: 9,
    conditions: {
      'the alarms have other names':
        'join(" ", sort(keys(output.alarms.alarm_arns))) == "demo.age demo.app-errors demo.app-throttles demo.collection-errors demo.collection-throttles demo.granules demo.skipped"',
    },
  },
  ...PIPELINE_CASES,
};
