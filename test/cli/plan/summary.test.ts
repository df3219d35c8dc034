import { describe, expect, test } from '@jest/globals';
import { parsePlan } from '../../../cli/plan/json.js';
import { countsText, hasChanges, isCodeOnly, summarizePlan } from '../../../cli/plan/summary.js';
import { planOf, recorded, summaryOf } from '../../support/cli/plan-fixtures.js';

const addressesOf = (summary: ReturnType<typeof summaryOf>, action: string) =>
  summary.changes.filter((change) => change.action === action).map(({ address }) => address);

describe('a plan without changes', () => {
  test('has an empty summary', () => {
    const summary = summaryOf('none');

    expect(hasChanges(summary)).toBe(false);
    expect(countsText(summary)).toBe('no changes');
    expect(summary).toMatchObject({ changes: [], code: [], iam: { added: [], removed: [] } });
    expect(summary.collection).toBeUndefined();
  });
});

describe('a new stack', () => {
  const summary = summaryOf('create');

  test('creates everything and posts the Collection', () => {
    const planned = recorded('create').resource_changes.filter(({ mode }) => mode === 'managed');

    expect(summary.counts).toMatchObject({ create: planned.length, destroy: 0, replace: 0 });
    expect(summary.collection).toEqual([]);
    expect(summary.subscriptions).toEqual([
      'aws_sns_topic_subscription.queue_subscription: create',
    ]);
    expect(summary.schedules).toHaveLength(2);
  });

  test('lists IAM statements before their ARNs are known', () => {
    expect(summary.iam.removed).toEqual([]);
    expect(summary.iam.added).toEqual(
      expect.arrayContaining([
        '`lambda.amazonaws.com` may `sts:AssumeRole` (policy of `demo-waves-app`)',
        '`demo-waves-app` may `s3:GetObject` on `arn:aws:s3:::waves/raw/*`',
        '`demo-waves-app` may `sqs:SendMessage` on `aws_sqs_queue.queue_dead-letters`',
        'everyone may not `s3:*` on `aws_s3_bucket.inventory_results`, where `Bool aws:SecureTransport false` (policy of `demo-waves-results-123456789012`)',
      ]),
    );
  });
});

describe('new code', () => {
  test('of one function is the only change', () => {
    const summary = summaryOf('app-code');

    expect(summary.code).toEqual(['app']);
    expect(summary.changes.every(isCodeOnly)).toBe(true);
    expect(summary.collection).toBeUndefined();
    expect(summary.iam).toEqual({ added: [], removed: [] });
  });

  test('of all functions posts the Collection again because of its code', () => {
    const summary = summaryOf('code');

    expect(summary.code).toEqual(['app', 'collection', 'historic']);
    expect(summary.collection).toEqual(['code']);
  });

  test('does not change permissions if Terraform only reads a policy again', () => {
    const summary = summaryOf('code');

    expect(summary.iam).toEqual({ added: [], removed: [] });
    expect(summary.samePolicies).toEqual([
      'aws_iam_role_policy.historic_self-invocation',
      'aws_iam_role_policy.schedules_policy',
    ]);
  });
});

describe('other settings', () => {
  const summary = summaryOf('settings');

  test('are listed as arguments with their values', () => {
    const { arguments: changed } =
      summary.changes.find(({ address }) => address === 'aws_lambda_function.app') ?? {};

    expect(changed).toEqual([{ path: 'timeout', before: '60', after: '90' }]);
    expect(summary.code).toEqual([]);
  });

  test('list only new permissions', () => {
    expect(summary.iam).toEqual({
      added: [
        '`demo-waves-app` may `s3:GetObject` on `arn:aws:s3:::more-waves/*`',
        '`demo-waves-app` may `s3:ListBucket` on `arn:aws:s3:::more-waves`, where `StringLikeIfExists s3:prefix *`',
      ],
      removed: [],
    });
  });
});

describe('a resource with data', () => {
  test('that is replaced comes first, with the cause and what is deleted', () => {
    const summary = summaryOf('table-replaced');

    expect(summary.changes[0]).toMatchObject({
      address: 'aws_dynamodb_table.table',
      action: 'replace',
      because: ['name'],
      loses: expect.stringContaining('the cursor of the backfill'),
    });
    expect(summary.iam).toEqual({ added: [], removed: [] });
  });

  test('that is destroyed comes before other replacements', () => {
    const summary = summaryOf('queue-destroyed');

    expect(summary.changes[0]).toMatchObject({
      address: 'aws_sqs_queue.queue',
      action: 'destroy',
      name: 'demo-waves-granules',
      loses: 'its messages',
    });
    expect(addressesOf(summary, 'replace')).toHaveLength(2);
    expect(addressesOf(summary, 'create')).toEqual(['aws_sqs_queue.granules']);
    expect(summary.subscriptions).toEqual([
      'aws_sns_topic_subscription.queue_subscription: replace (endpoint)',
    ]);
  });

  test('is distinguished from one without data', () => {
    const summary = summaryOf('no-topic');
    const losing = summary.changes.filter(({ loses }) => loses !== undefined);

    expect(losing.map(({ address }) => address)).toEqual([
      'aws_sqs_queue.queue_subscription_dead-letters',
    ]);
    expect(addressesOf(summary, 'destroy')).toHaveLength(3);
    expect(summary.iam.removed).toEqual([
      expect.stringMatching(/^`sns.amazonaws.com` may `sqs:SendMessage`.*NewWaves/),
    ]);
  });
});

describe('a resource', () => {
  test.each([
    [['no-op'], {}, undefined],
    [['no-op'], { previous_address: 'aws_sqs_queue.old' }, 'move'],
    [['create'], {}, 'create'],
    [['update'], {}, 'change'],
    [['create', 'delete'], {}, 'replace'],
    [['delete', 'create'], {}, 'replace'],
    [['delete'], {}, 'destroy'],
    [['forget'], {}, 'forget'],
  ])('with the actions %j %j is counted as %s', (actions, more, action) => {
    const { changes } = summarizePlan(planOf({ actions }, more));

    expect(changes.map((change) => change.action)).toEqual(action === undefined ? [] : [action]);
  });

  test('hides each secret value', () => {
    const secret = { tags: { token: 'hunter2', plain: 'a' }, name: 'hunter3' };
    const plan = planOf({
      before: secret,
      after: { tags: { token: 'hunter4', plain: 'b' }, name: 'hunter5' },
      before_sensitive: { name: true, tags: { token: true } },
      after_sensitive: { name: true, tags: { token: true } },
    });

    const [change] = summarizePlan(plan).changes;

    expect(change?.arguments).toEqual([
      { path: 'name', before: '(sensitive)', after: '(sensitive)' },
      { path: 'tags.token', before: '(sensitive)', after: '(sensitive)' },
      { path: 'tags.plain', before: 'a', after: 'b' },
    ]);
    expect(JSON.stringify(change?.arguments)).not.toContain('hunter');
  });

  test('hides all values if it is secret as a whole', () => {
    const plan = planOf({
      before: { a: 1 },
      after: { a: 2 },
      before_sensitive: true,
      after_sensitive: true,
    });

    expect(summarizePlan(plan).changes[0]?.arguments).toEqual([
      { path: 'a', before: '(sensitive)', after: '(sensitive)' },
    ]);
  });
});

test.each(['2.0', '0.2'])('a plan of format %s is rejected', (format_version) => {
  expect(() => parsePlan(JSON.stringify({ format_version }))).toThrow(
    `terraform show -json has format version ${format_version}, but only 1.x is supported`,
  );
});
