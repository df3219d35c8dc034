import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEAD_LETTERS_RETENTION_SECONDS } from '../../../modules/constructs/dead-letters.js';
import { visibilityTimeoutSeconds } from '../../../modules/constructs/granule-queue.js';
import { faultsOf } from '../../support/stacks/config-folder.js';
import {
  addressesOf,
  resourceOf,
  statementsOf,
  synthesize,
} from '../../support/stacks/stack-kit.js';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const MAX_VISIBILITY_SECONDS = 43_200;

const HERE = { sns: 'arn:aws:sns:us-west-2:214830741341:NewWaves' };
const ELSEWHERE = { sns: 'arn:aws:sns:eu-central-1:214830741341:NewWaves' };

describe('the queue', () => {
  test('is encrypted, uses long polling, and dead-letters a message after ten receives', () => {
    expect(resourceOf(synthesize(), 'aws_sqs_queue.queue')).toEqual({
      name: 'demo-waves-granules',
      message_retention_seconds: 604_800,
      receive_wait_time_seconds: 20,
      visibility_timeout_seconds: 360,
      sqs_managed_sse_enabled: true,
      redrive_policy:
        '${jsonencode({"deadLetterTargetArn" = aws_sqs_queue.queue_dead-letters.arn, "maxReceiveCount" = 10})}',
    });
  });

  test('[B07][B08] has a visibility timeout of six function timeouts plus the batch window, which SQS allows for every config', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 0, max: 300 }),
        (timeout, window) => {
          const props = { functionTimeoutSeconds: timeout, batchWindowSeconds: window };
          const seconds = visibilityTimeoutSeconds(props);
          expect(seconds).toBe(6 * timeout + window);
          expect(seconds).toBeGreaterThanOrEqual(timeout);
          expect(seconds).toBeLessThanOrEqual(MAX_VISIBILITY_SECONDS);
        },
      ),
    );
    const stack = synthesize({ timeout_seconds: '900', batch_window_seconds: '300' });
    expect(resourceOf(stack, 'aws_sqs_queue.queue')).toMatchObject({
      visibility_timeout_seconds: 5700,
    });
    expect(resourceOf(stack, 'aws_lambda_function.app')).toMatchObject({ timeout: 900 });
  });

  test('[B20] keeps dead letters longer than messages, for 14 days', () => {
    const stack = synthesize({ ...HERE });

    const retention = (address: string) => resourceOf(stack, address)['message_retention_seconds'];

    expect(retention('aws_sqs_queue.queue_dead-letters')).toBe(DEAD_LETTERS_RETENTION_SECONDS);
    expect(DEAD_LETTERS_RETENTION_SECONDS).toBe(14 * 86_400);
    expect(Number(retention('aws_sqs_queue.queue'))).toBeLessThan(DEAD_LETTERS_RETENTION_SECONDS);
  });

  test('has no policy, so that only its own account can send messages, until it is subscribed', () => {
    expect(resourceOf(synthesize(), 'aws_sqs_queue.queue')).not.toHaveProperty('policy');
    expect(resourceOf(synthesize({ ...HERE }), 'aws_sqs_queue.queue')['policy']).toBe(
      '${data.aws_iam_policy_document.queue_policy.json}',
    );
  });
});

describe('the mapping', () => {
  test('[B10] limits by its maximum concurrency and reports failures by record', () => {
    const stack = synthesize({ max_concurrency: '7', batch_size: '20', batch_window_seconds: '3' });

    expect(resourceOf(stack, 'aws_lambda_event_source_mapping.queue_mapping')).toEqual({
      event_source_arn: '${aws_sqs_queue.queue.arn}',
      function_name: '${aws_lambda_function.app.function_name}',
      lifecycle: {
        ignore_changes: ['enabled'],
        replace_triggered_by: ['aws_lambda_function.app.id'],
      },
      batch_size: 20,
      maximum_batching_window_in_seconds: 3,
      function_response_types: ['ReportBatchItemFailures'],
      scaling_config: { maximum_concurrency: 7 },
      depends_on: ['aws_lambda_invocation.collection-on-deploy_invocation'],
    });
  });

  test('[B10][F10] uses no reserved concurrency', () => {
    expect(resourceOf(synthesize(), 'aws_lambda_function.app')).not.toHaveProperty(
      'reserved_concurrent_executions',
    );
  });

  test('[B11] has a concurrency from 2 to 1000', () => {
    for (const max_concurrency of ['1', '0', '1001']) {
      expect(faultsOf({ max_concurrency })).toEqual([
        `max_concurrency: must be a whole number of concurrent batches from 2 to 1000 (given ${max_concurrency})`,
      ]);
    }
  });

  test('[F05] is never created before the old one is destroyed', () => {
    const text = JSON.stringify(synthesize({ ...HERE }));
    expect(text).not.toContain('create_before_destroy');
  });
});

describe('the subscription', () => {
  test('[F07] is made by our account, to exactly one topic of another account', () => {
    const stack = synthesize({ ...HERE });

    expect(resourceOf(stack, 'aws_sns_topic_subscription.queue_subscription')).toEqual({
      topic_arn: HERE.sns,
      protocol: 'sqs',
      endpoint: '${aws_sqs_queue.queue.arn}',
      raw_message_delivery: false,
      redrive_policy:
        '${jsonencode({"deadLetterTargetArn" = aws_sqs_queue.queue_subscription_dead-letters.arn})}',
    });
    const accepted = {
      actions: ['sqs:SendMessage'],
      resources: ['*'],
      principals: [{ type: 'Service', identifiers: ['sns.amazonaws.com'] }],
      condition: [{ test: 'ArnEquals', variable: 'aws:SourceArn', values: [HERE.sns] }],
    };
    expect(statementsOf(stack, 'queue_policy')).toEqual({ AcceptTopic: accepted });
    expect(statementsOf(stack, 'queue_subscription_dead-letters_policy')).toEqual({
      AcceptTopic: accepted,
    });
  });

  test('to a topic in another region is made there, with its dead-letter queue and alarm', () => {
    const stack = synthesize({ ...ELSEWHERE });

    const there = { provider: 'aws.topic' };
    expect(stack.provider['aws']).toMatchObject([
      { region: 'us-west-2' },
      { region: 'eu-central-1', alias: 'topic' },
    ]);
    expect(resourceOf(stack, 'aws_sns_topic_subscription.queue_subscription')).toMatchObject(there);
    expect(resourceOf(stack, 'aws_sqs_queue.queue_subscription_dead-letters')).toMatchObject(there);
    expect(
      resourceOf(stack, 'aws_cloudwatch_metric_alarm.watch_topic-alarms_subscription-dead-letters'),
    ).toMatchObject(there);
    expect(resourceOf(stack, 'aws_sqs_queue.queue')).not.toHaveProperty('provider');
  });

  test('escapes Terraform expressions in the filter policy', () => {
    const stack = synthesize({ ...HERE, sns_filter_policy: '{ mode: [IW], note: ["${a}%{b}"] }' });

    expect(resourceOf(stack, 'aws_sns_topic_subscription.queue_subscription')).toMatchObject({
      filter_policy: '{"mode":["IW"],"note":["$${a}%%{b}"]}',
      filter_policy_scope: 'MessageBody',
    });
  });

  test('does not exist without a topic', () => {
    expect(addressesOf(synthesize()).filter((address) => address.includes('subscription'))).toEqual(
      [],
    );
  });

  test('[F08] never touches the notifications of a bucket', () => {
    const stack = synthesize({ ...HERE, source: '[s3://waves/raw/]' });
    expect(Object.keys(stack.resource)).not.toContain('aws_s3_bucket_notification');
  });
});

describe('the policy of a queue that a topic feeds', () => {
  const principalsOf = (region: string) => {
    const stack = synthesize({ sns: `arn:aws:sns:${region}:214830741341:NewWaves` });
    return ['queue_policy', 'queue_subscription_dead-letters_policy'].map(
      (policy) => statementsOf(stack, policy)['AcceptTopic']?.['principals'],
    );
  };
  const services = (...identifiers: string[]) => [{ type: 'Service', identifiers }];

  test.each(['af-south-1', 'eu-south-1', 'me-central-1', 'ap-southeast-7'])(
    'also allows the principal of the opt-in region %s',
    (region) => {
      const expected = services('sns.amazonaws.com', `sns.${region}.amazonaws.com`);
      expect(principalsOf(region)).toEqual([expected, expected]);
    },
  );

  test.each(['us-west-2', 'eu-central-1', 'ap-southeast-2'])(
    'allows one principal for %s, which every account has',
    (region) => {
      const expected = services('sns.amazonaws.com');
      expect(principalsOf(region)).toEqual([expected, expected]);
    },
  );
});
