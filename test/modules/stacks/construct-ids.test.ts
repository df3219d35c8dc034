import { describe, expect, test } from '@jest/globals';
import { type Plan, parsePlan } from '../../../cli/plan/json.js';
import { planSection } from '../../../cli/plan/section.js';
import { summarizePlan } from '../../../cli/plan/summary.js';
import {
  CHUNK_SCHEDULE,
  GRANULE_QUEUE,
  isWithin,
  RUNS_ON_DEPLOY,
} from '../../../modules/config/construct-ids.js';
import { addressesOf, resourceOf, synthesize } from '../../support/stacks/stack-kit.js';
import type { SynthesizedStack } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const stacks = Object.values(MATRIX).map((fields) => synthesize(fields));
const addresses = [...new Set(stacks.flatMap(addressesOf))];
const paths = Object.values(RUNS_ON_DEPLOY);

const typeOf = (address: string): string => address.slice(0, address.indexOf('.'));

/** A plan in which every resource of a stack has the same action. */
function planOf(stack: SynthesizedStack, action: 'create' | 'update' | 'delete'): Plan {
  const resource_changes = addressesOf(stack).map((address) => {
    const [before, after] = [
      { ...resourceOf(stack, address), was: 'old' },
      resourceOf(stack, address),
    ];
    return {
      address,
      mode: 'managed',
      type: typeOf(address),
      name: address.slice(address.indexOf('.') + 1),
      change: {
        actions: [action],
        before: action === 'create' ? null : withOldTriggers(before),
        after: action === 'delete' ? null : after,
      },
    };
  });
  return parsePlan(JSON.stringify({ format_version: '1.2', resource_changes }));
}

function withOldTriggers(resource: Readonly<Record<string, unknown>>): object {
  const { triggers_replace: triggers } = resource;
  if (typeof triggers !== 'object' || triggers === null) return resource;
  const old = Object.keys(triggers).map((key) => [key, 'old']);
  return { ...resource, triggers_replace: Object.fromEntries(old) as object };
}

const ONCE = synthesize(MATRIX['csv inventory, at once']);

describe('the constructs that a plan is searched for', () => {
  test.each(paths)('%s has an invocation and the triggers that say why', (path) => {
    const found = addresses.filter((address) => isWithin(address, path)).map(typeOf);

    expect(found.sort()).toEqual(['aws_lambda_invocation', 'terraform_data']);
  });

  test('include the schedule of a backfill in chunks, where nothing starts it at deployment', () => {
    const { resource } = synthesize(MATRIX['all settings']);

    expect(resource['aws_scheduler_schedule']).toHaveProperty([CHUNK_SCHEDULE]);
    expect(ONCE.resource['aws_scheduler_schedule']).not.toHaveProperty([CHUNK_SCHEDULE]);
  });

  test('are all that an apply invokes', () => {
    const invoked = addresses.filter((address) => typeOf(address) === 'aws_lambda_invocation');

    expect(invoked).toHaveLength(paths.length);
    expect(invoked.filter((address) => !paths.some((path) => isWithin(address, path)))).toEqual([]);
  });
});

describe('the summary of a plan', () => {
  test('finds what a new stack runs, subscribes and schedules', () => {
    const summary = summarizePlan(planOf(synthesize(MATRIX['all settings']), 'create'));

    expect(summary.collection).toEqual([]);
    expect(summary.subscriptions).toHaveLength(1);
    expect(summary.schedules).toHaveLength(4);
    expect(summarizePlan(planOf(ONCE, 'create')).backfill).toEqual([]);
  });

  test('names the triggers of a Collection and of a backfill', () => {
    const summary = summarizePlan(planOf(ONCE, 'update'));

    expect(summary.collection).toEqual(['code', 'config', 'ingestor_url']);
    expect(summary.backfill).toEqual(['inventory_format', 'inventory_location']);
  });

  test('has no row for what its notices say', () => {
    const summary = summarizePlan(planOf(ONCE, 'update'));
    const rows = planSection({ pipeline: 'waves', summary, text: '' })
      .split('\n')
      .filter((line) => line.startsWith('|'));

    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => row.includes('on-deploy'))).toEqual([]);
  });

  test('says what is lost with every resource that holds data', () => {
    const everything = stacks.flatMap((stack) => summarizePlan(planOf(stack, 'delete')).changes);
    const typesOf = (changes: typeof everything) =>
      [...new Set(changes.map(({ type }) => type))].sort();

    expect(typesOf(everything.filter(({ loses }) => loses !== undefined))).toEqual([
      'aws_dynamodb_table',
      'aws_sqs_queue',
    ]);
    expect(typesOf(everything.filter(({ clears }) => clears?.grade === 'logs'))).toEqual([
      'aws_cloudwatch_log_group',
    ]);
    expect(typesOf(everything.filter(({ clears }) => clears?.grade === 'remade'))).toEqual([
      'aws_s3_bucket',
    ]);
  });

  test('knows the queue that a topic fills by its address', () => {
    expect(addresses).toContain(GRANULE_QUEUE);
  });

  test('knows a change of code alone by the arguments that a function has', () => {
    const stack = synthesize();
    const fn = resourceOf(stack, 'aws_lambda_function.app');
    const before = { ...fn, filename: 'old', source_code_hash: 'old' };
    const plan = parsePlan(
      JSON.stringify({
        format_version: '1.2',
        resource_changes: [
          {
            address: 'aws_lambda_function.app',
            mode: 'managed',
            type: 'aws_lambda_function',
            name: 'app',
            change: { actions: ['update'], before, after: fn },
          },
        ],
      }),
    );

    expect(Object.keys(fn)).toEqual(expect.arrayContaining(['filename', 'source_code_hash']));
    expect(summarizePlan(plan).code).toEqual(['app']);
  });
});
