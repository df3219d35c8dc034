import { describe, expect, test } from '@jest/globals';
import { parsePlan } from '../../../cli/plan/json.js';
import { countsText, hasChanges, isCodeOnly, summarizePlan } from '../../../cli/plan/summary.js';
import { planOf, recorded, summaryOf } from '../../support/cli/plan-fixtures.js';

const addressesOf = (summary: ReturnType<typeof summaryOf>, action: string) =>
  summary.changes.filter((change) => change.action === action).map(({ address }) => address);

describe('of a plan without changes', () => {
  test('nothing is said to happen', () => {
    const summary = summaryOf('none');

    expect(hasChanges(summary)).toBe(false);
    expect(countsText(summary)).toBe('no changes');
    expect(summary).toMatchObject({ changes: [], code: [], iam: { added: [], removed: [] } });
    expect(summary.collection).toBeUndefined();
  });
});

describe('of a new stack', () => {
  const summary = summaryOf('create');

  test('everything is created, and the Collection posted', () => {
    const planned = recorded('create').resource_changes.filter(({ mode }) => mode === 'managed');

    expect(summary.counts).toMatchObject({ create: planned.length, destroy: 0, replace: 0 });
    expect(summary.collection).toEqual([]);
    expect(summary.subscriptions).toEqual([
      'aws_sns_topic_subscription.queue_subscription: create',
    ]);
    expect(summary.schedules).toHaveLength(2);
  });

  test('statements are told before ARNs are known', () => {
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

describe('of new code', () => {
  test('for one function, that is all that is told', () => {
    const summary = summaryOf('app-code');

    expect(summary.code).toEqual(['app']);
    expect(summary.changes.every(isCodeOnly)).toBe(true);
    expect(summary.collection).toBeUndefined();
    expect(summary.iam).toEqual({ added: [], removed: [] });
  });

  test('for all functions, the Collection is posted again because of its code', () => {
    const summary = summaryOf('code');

    expect(summary.code).toEqual(['app', 'collection', 'historic']);
    expect(summary.collection).toEqual(['code']);
  });

  test('policies that Terraform will only read again are no changes of what is allowed', () => {
    const summary = summaryOf('code');

    expect(summary.iam).toEqual({ added: [], removed: [] });
    expect(summary.samePolicies).toEqual([
      'aws_iam_role_policy.historic_self-invocation',
      'aws_iam_role_policy.schedules_policy',
    ]);
  });
});

describe('of other settings', () => {
  const summary = summaryOf('settings');

  test('arguments are told with their values', () => {
    const { arguments: changed } =
      summary.changes.find(({ address }) => address === 'aws_lambda_function.app') ?? {};

    expect(changed).toEqual([{ path: 'timeout', before: '60', after: '90' }]);
    expect(summary.code).toEqual([]);
  });

  test('only what is allowed beyond before is told', () => {
    expect(summary.iam).toEqual({
      added: [
        '`demo-waves-app` may `s3:GetObject` on `arn:aws:s3:::more-waves/*`',
        '`demo-waves-app` may `s3:ListBucket` on `arn:aws:s3:::more-waves`, where `StringLikeIfExists s3:prefix *`',
      ],
      removed: [],
    });
  });
});

describe('what holds data', () => {
  test('and is replaced comes first, with what forces it and what is lost', () => {
    const summary = summaryOf('table-replaced');

    expect(summary.changes[0]).toMatchObject({
      address: 'aws_dynamodb_table.table',
      action: 'replace',
      because: ['name'],
      loses: expect.stringContaining('tokens'),
    });
    expect(summary.iam).toEqual({ added: [], removed: [] });
  });

  test('and is destroyed comes first, whatever else is replaced', () => {
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

  test('is told from what holds none', () => {
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

  test('that is secret is not shown, nor is any part of it', () => {
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

  test('that is secret as a whole shows nothing', () => {
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

test.each(['2.0', '0.2'])('a plan of format %s is refused', (format_version) => {
  expect(() => parsePlan(JSON.stringify({ format_version }))).toThrow(
    `terraform show -json speaks format ${format_version}, and this reads 1.x`,
  );
});
