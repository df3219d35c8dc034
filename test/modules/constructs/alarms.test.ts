import { describe, expect, test } from '@jest/globals';
import { resourceOf, synthesize } from '../../support/stacks/stack-kit.js';
import type { Block } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const UNVERIFIED = { verify_ingestion: 'false' };
const ALARM = 'aws_cloudwatch_metric_alarm';

function alarmsOf(fields: Readonly<Record<string, string>>): Readonly<Record<string, Block>> {
  return synthesize(fields).resource[ALARM] ?? {};
}

describe('an alarm', () => {
  const all = {
    ...MATRIX['all settings'],
    alarm_topic_arn: 'arn:aws:sns:us-west-2:123456789012:ops',
  };

  test('exists for every dead-letter queue, every function and the age of messages', () => {
    expect(Object.keys(alarmsOf(all)).sort()).toEqual([
      'watch_alarms_age',
      'watch_alarms_app-errors',
      'watch_alarms_app-throttles',
      'watch_alarms_backfill-skipped',
      'watch_alarms_breaker-errors',
      'watch_alarms_breaker-holds',
      'watch_alarms_breaker-throttles',
      'watch_alarms_collection-errors',
      'watch_alarms_collection-throttles',
      'watch_alarms_dead-letters',
      'watch_alarms_historic-errors',
      'watch_alarms_historic-on-failure',
      'watch_alarms_historic-throttles',
      'watch_alarms_rows-refused',
      'watch_alarms_schedule-dead-letters',
      'watch_alarms_silence',
      'watch_alarms_verify-errors',
      'watch_alarms_verify-failed-loads',
      'watch_alarms_verify-oldest',
      'watch_alarms_verify-on-failure',
      'watch_alarms_verify-overdue',
      'watch_alarms_verify-throttles',
      'watch_topic-alarms_subscription-dead-letters',
    ]);
  });

  test('[B19] on dead letters counts visible messages, not sent ones', () => {
    const alarms = Object.entries(alarmsOf(all)).filter(([name]) =>
      /dead-letters|on-failure/.test(name),
    );
    expect(alarms).toHaveLength(5);
    for (const [, alarm] of alarms) {
      expect(alarm).toMatchObject({
        namespace: 'AWS/SQS',
        metric_name: 'ApproximateNumberOfMessagesVisible',
        statistic: 'Maximum',
        comparison_operator: 'GreaterThanThreshold',
        threshold: 0,
        treat_missing_data: 'notBreaching',
      });
    }
  });

  test('[N01] on messages of the backfill that name no granule exists with an inventory', () => {
    expect(alarmsOf(all)['watch_alarms_backfill-skipped']).toMatchObject({
      alarm_description: 'The backfill sent messages that name no granule',
      namespace: 'StacPipelines',
      metric_name: 'BackfillMessagesSkipped',
      statistic: 'Sum',
      comparison_operator: 'GreaterThanThreshold',
      threshold: 0,
      treat_missing_data: 'notBreaching',
    });
    expect(alarmsOf({})).not.toHaveProperty('watch_alarms_backfill-skipped');
  });

  test('[N02] on refused rows counts the metric of the pipeline, and exists only with an inventory', () => {
    expect(alarmsOf(all)['watch_alarms_rows-refused']).toMatchObject({
      namespace: 'StacPipelines',
      metric_name: 'RowsRefused',
      dimensions: { service: 'waves' },
      statistic: 'Sum',
      threshold: 0,
      treat_missing_data: 'notBreaching',
    });
    expect(alarmsOf({})).not.toHaveProperty('watch_alarms_rows-refused');
  });

  test('on Items that are not verified exists only with verify_ingestion', () => {
    expect(alarmsOf(all)['watch_alarms_verify-overdue']).toMatchObject({
      namespace: 'StacPipelines',
      metric_name: 'IngestionsUnverified',
      dimensions: { service: 'waves' },
      statistic: 'Sum',
      threshold: 0,
    });
    expect(alarmsOf(UNVERIFIED)).not.toHaveProperty('watch_alarms_verify-overdue');
  });

  test('on the oldest Item that is not loaded goes off after two hours', () => {
    expect(alarmsOf(all)['watch_alarms_verify-oldest']).toMatchObject({
      namespace: 'StacPipelines',
      metric_name: 'OldestPendingIngestion',
      dimensions: { service: 'waves' },
      statistic: 'Maximum',
      comparison_operator: 'GreaterThanThreshold',
      threshold: 7_200,
    });
    expect(alarmsOf(UNVERIFIED)).not.toHaveProperty('watch_alarms_verify-oldest');
  });

  test('on failed loads counts the Items that were sent again, and exists only with verify_ingestion', () => {
    expect(alarmsOf({})['watch_alarms_verify-failed-loads']).toMatchObject({
      metric_name: 'IngestionsRequeued',
      dimensions: { service: 'waves' },
      statistic: 'Sum',
      threshold: 0,
    });
    expect(alarmsOf(UNVERIFIED)).not.toHaveProperty('watch_alarms_verify-failed-loads');
  });

  test.each([
    ['10', 300, 2],
    ['11', 300, 3],
    ['1440', 300, 288],
    ['1441', 3600, 25],
    ['10080', 3600, 168],
  ])('on a silence of %s minutes looks at %i s, %i times', (minutes, period, periods) => {
    const alarm = alarmsOf({ max_silence_minutes: minutes })['watch_alarms_silence'];

    expect(alarm).toMatchObject({
      namespace: 'StacPipelines',
      metric_name: 'ItemsPosted',
      dimensions: { service: 'waves' },
      statistic: 'Sum',
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      period,
      evaluation_periods: periods,
      treat_missing_data: 'breaching',
    });
    // The limits of CloudWatch: a day of periods below an hour, otherwise seven days.
    expect(period * periods).toBeLessThanOrEqual(period < 3600 ? 86_400 : 604_800);
    expect(String(alarm?.['alarm_description'])).toMatch(/npm run status -- waves.*topic/);
  });

  test('on silence exists only with max_silence_minutes', () => {
    expect(alarmsOf({})).not.toHaveProperty('watch_alarms_silence');
  });

  test('on age goes off after a day by default', () => {
    const age = (fields: Readonly<Record<string, string>>) =>
      resourceOf(synthesize(fields), `${ALARM}.watch_alarms_age`)['threshold'];
    expect(age({})).toBe(86_400);
    expect(age({ max_age_minutes: '10' })).toBe(600);
  });

  test('notifies the topic of its own region, also about recovery', () => {
    const topic = ['arn:aws:sns:us-west-2:123456789012:ops'];
    const { 'watch_topic-alarms_subscription-dead-letters': there, ...here } = alarmsOf(all);

    for (const alarm of Object.values(here)) {
      expect(alarm).toMatchObject({ alarm_actions: topic, ok_actions: topic });
    }
    expect(there).toMatchObject({ provider: 'aws.topic' });
    expect(there).not.toHaveProperty('alarm_actions');
  });

  test('in another region notifies a topic of that region', () => {
    const alarms = alarmsOf(MATRIX['notified from another region'] ?? {});
    expect(alarms['watch_topic-alarms_subscription-dead-letters']).toMatchObject({
      alarm_actions: ['arn:aws:sns:eu-central-1:123456789012:ops'],
    });
    expect(alarms['watch_alarms_age']).not.toHaveProperty('alarm_actions');
  });

  test('has no action without a topic', () => {
    expect(JSON.stringify(alarmsOf({}))).not.toContain('_actions');
  });
});

test('the dashboard shows each queue in its own region', () => {
  const { dashboard_body: body } = resourceOf(
    synthesize(MATRIX['notified from another region']),
    'aws_cloudwatch_dashboard.watch_dashboard',
  );
  expect(body).toContain(
    'aws_sqs_queue.queue_subscription_dead-letters.name, {"region" = "eu-central-1"}',
  );
});
