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
