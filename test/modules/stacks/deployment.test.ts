import { describe, expect, test } from '@jest/globals';
import { INVENTORY } from '../../support/stacks/config-folder.js';
import { addressesOf, HASH, resourceOf, synthesize } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const POSTED = 'aws_lambda_invocation.collection-on-deploy_invocation';
const STARTED = 'aws_lambda_invocation.backfill_on-deploy_invocation';
const CHUNKS = MATRIX['csv inventory, by chunks'] ?? {};

function triggersOf(name: string, ...synthesis: Parameters<typeof synthesize>): unknown {
  return resourceOf(synthesize(...synthesis), `terraform_data.${name}_null-resource`)[
    'triggers_replace'
  ];
}

describe('the Collection', () => {
  test('[F13][F14] is posted during the apply, by the AWS provider', () => {
    const stack = synthesize();
    expect(resourceOf(stack, POSTED)).toEqual({
      function_name: '${aws_lambda_function.collection.function_name}',
      input: '{}',
      triggers: { deployed: '${terraform_data.collection-on-deploy_null-resource.id}' },
      depends_on: ['data.aws_lambda_function.collection'],
    });
    expect(JSON.stringify(stack)).not.toMatch(/local-exec|provisioner/);
    expect(stack.data).not.toHaveProperty('aws_lambda_invocation');
  });

  test('is posted again only if its code or its ingestor changes', () => {
    const before = triggersOf('collection-on-deploy');

    expect(before).toEqual({
      code: HASH,
      config: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      ingestor_url: 'https://ingestor.example.com/api',
    });
    expect(triggersOf('collection-on-deploy', { memory_mb: '1024', max_age_minutes: '5' })).toEqual(
      before,
    );
    expect(triggersOf('collection-on-deploy', {}, { hashBase64: 'other' })).not.toEqual(before);
    expect(
      triggersOf('collection-on-deploy', { ingestor_url: 'https://other.example.com' }),
    ).not.toEqual(before);
    expect(
      triggersOf('collection-on-deploy', { stac_api_url: 'https://stac.example.com' }),
    ).not.toEqual(before);
  });

  test('is posted before the first message is processed and before the first schedule runs', () => {
    const stack = synthesize(CHUNKS);
    const waiting = [
      'aws_lambda_event_source_mapping.queue_mapping',
      'aws_scheduler_schedule.schedules_historic',
      'aws_scheduler_schedule.schedules_keeper',
    ];
    for (const address of waiting)
      expect(resourceOf(stack, address)['depends_on']).toContain(POSTED);
    expect(resourceOf(synthesize({ ...INVENTORY }), STARTED)['depends_on']).toContain(POSTED);
  });
});

describe('the backfill', () => {
  const READY = [
    'aws_iam_role_policy.historic_self-invocation',
    'aws_lambda_function_recursion_config.historic_recursion',
    'aws_lambda_function_event_invoke_config.historic_invoke-config',
    POSTED,
  ];

  test('[F19] runs every n hours by a rate expression, and a second schedule resumes it', () => {
    const stack = synthesize(CHUNKS);

    expect(resourceOf(stack, 'aws_scheduler_schedule.schedules_historic')).toEqual({
      name: 'demo-waves-historic',
      description: 'Puts the next chunk of the inventory on the queue',
      group_name: '${aws_scheduler_schedule_group.schedules_group.name}',
      schedule_expression: 'rate(6 hours)',
      flexible_time_window: { mode: 'OFF' },
      target: {
        arn: '${aws_lambda_function.historic.arn}',
        role_arn: '${aws_iam_role.schedules_role.arn}',
        input: '{"action":"run"}',
        retry_policy: { maximum_event_age_in_seconds: 3600, maximum_retry_attempts: 3 },
        dead_letter_config: { arn: '${aws_sqs_queue.schedules_dead-letters.arn}' },
      },
      depends_on: ['aws_iam_role_policy.schedules_policy', ...READY],
    });
    expect(resourceOf(stack, 'aws_scheduler_schedule.schedules_keeper')).toMatchObject({
      schedule_expression: 'rate(15 minutes)',
      target: { input: '{"action":"continue"}' },
    });
    expect(JSON.stringify(stack)).not.toContain('cron(');
    expect(addressesOf(stack)).not.toContain(STARTED);
  });

  test('with one hour has the singular unit that AWS requires', () => {
    const stack = synthesize({ ...CHUNKS, historic_frequency: '1' });
    expect(resourceOf(stack, 'aws_scheduler_schedule.schedules_historic')).toMatchObject({
      schedule_expression: 'rate(1 hour)',
    });
  });

  test('of everything at once starts at deployment, and again only for another inventory', () => {
    const once = { ...INVENTORY };
    const before = triggersOf('backfill_on-deploy', once);

    expect(resourceOf(synthesize(once), STARTED)).toMatchObject({
      input: '{"action":"run"}',
      depends_on: ['data.aws_lambda_function.historic', ...READY],
    });
    expect(before).toEqual({
      inventory_location: 's3://reports/daily/waves/everything',
      inventory_format: 'csv',
    });
    expect(triggersOf('backfill_on-deploy', once, { hashBase64: 'other' })).toEqual(before);
    expect(triggersOf('backfill_on-deploy', { ...once, inventory_format: 'orc' })).not.toEqual(
      before,
    );
    const schedules = Object.keys(synthesize(once).resource['aws_scheduler_schedule'] ?? {});
    expect(schedules).toEqual(['schedules_breaker', 'schedules_keeper', 'schedules_verify']);
  });
});

describe('the verification', () => {
  test('runs every 15 minutes, unless verify_ingestion is false', () => {
    const stack = synthesize();

    expect(resourceOf(stack, 'aws_scheduler_schedule.schedules_verify')).toMatchObject({
      schedule_expression: 'rate(15 minutes)',
      target: { arn: '${aws_lambda_function.verify.arn}', input: '{}' },
      depends_on: [
        'aws_iam_role_policy.schedules_policy',
        'aws_lambda_function_event_invoke_config.verify_invoke-config',
        POSTED,
      ],
    });
    const without = addressesOf(synthesize({ verify_ingestion: 'false' }));
    expect(without.filter((address) => address.includes('verify'))).toEqual([]);
  });
});

describe('the breaker', () => {
  test('runs every minute, unless circuit_breaker is false', () => {
    expect(resourceOf(synthesize(), 'aws_scheduler_schedule.schedules_breaker')).toMatchObject({
      schedule_expression: 'rate(1 minute)',
      target: { arn: '${aws_lambda_function.breaker.arn}', input: '{}' },
    });
    const without = synthesize({ circuit_breaker: 'false' });
    expect(addressesOf(without).filter((address) => address.includes('breaker'))).toEqual([]);
    expect(JSON.stringify(resourceOf(without, 'aws_lambda_function.app'))).toContain(
      '"CIRCUIT_BREAKER":"false"',
    );
  });
});
