import { describe, expect, test } from '@jest/globals';
import { WILDCARDS } from '../../../modules/constructs/policy.js';
import { allStatements, statementsOf, synthesize } from '../../support/stacks/stack-kit.js';
import type { Block, SynthesizedStack } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const EVERYTHING = MATRIX['all settings'] ?? {};
const stack = synthesize(EVERYTHING);

/** Returns all permissions of a function. */
function allowed(document: string, of: SynthesizedStack = stack): Readonly<Record<string, Block>> {
  return statementsOf(of, document);
}

const OWN = (name: string) => ({
  WriteLogs: {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [`\${aws_cloudwatch_log_group.${name}_logs.arn}:*`],
  },
  WriteTraces: {
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
  },
});

const POSTING = {
  ReadSecret: {
    actions: ['secretsmanager:GetSecretValue'],
    resources: ['arn:aws:secretsmanager:us-west-2:123456789012:secret:ingestor-AbCdEf'],
  },
  DecryptSecret: {
    actions: ['kms:Decrypt'],
    resources: ['arn:aws:kms:us-west-2:123456789012:key/0a1b2c3d'],
  },
  ShareToken: {
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    resources: ['${aws_dynamodb_table.table.arn}'],
  },
};

const DECRYPTION = {
  DecryptObjects: {
    actions: ['kms:Decrypt'],
    resources: [
      'arn:aws:kms:us-west-2:123456789012:key/1b2c',
      'arn:aws:kms:eu-west-1:210987654321:key/3d4e',
    ],
  },
};

describe('the policy of', () => {
  test('app names its queues, secret, table and sources, and nothing else', () => {
    expect(allowed('app_policy-document')).toEqual({
      ...OWN('app'),
      WriteOutputs: {
        actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
        resources: ['arn:aws:s3:::waves-cogs/v1/*'],
      },
      ...POSTING,
      ...DECRYPTION,
      TakeGranules: {
        actions: [
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:ChangeMessageVisibility',
          'sqs:GetQueueAttributes',
        ],
        resources: ['${aws_sqs_queue.queue.arn}'],
      },
      SendDeadLetters: {
        actions: ['sqs:SendMessage'],
        resources: ['${aws_sqs_queue.queue_dead-letters.arn}'],
      },
      ReadGranules: {
        actions: ['s3:GetObject'],
        resources: [
          'arn:aws:s3:::waves/raw/*',
          'arn:aws:s3:::waves/old',
          'arn:aws:s3:::waves/old/*',
          'arn:aws:s3:::more-waves/*',
        ],
      },
      ListGranules: {
        actions: ['s3:ListBucket'],
        resources: ['arn:aws:s3:::waves'],
        condition: [
          { test: 'StringLikeIfExists', variable: 's3:prefix', values: ['raw/*', 'old', 'old/*'] },
        ],
      },
      ListGranules2: {
        actions: ['s3:ListBucket'],
        resources: ['arn:aws:s3:::more-waves'],
        condition: [{ test: 'StringLikeIfExists', variable: 's3:prefix', values: ['*'] }],
      },
    });
  });

  test('collection names its secret and table, and nothing else', () => {
    expect(allowed('collection_policy-document')).toEqual({ ...OWN('collection'), ...POSTING });
  });

  test('[C20] historic names workgroup, catalog, inventory, results, queue and table, and nothing else', () => {
    expect(allowed('historic_policy-document')).toEqual({
      ...OWN('historic'),
      ...DECRYPTION,
      RunQueries: {
        actions: [
          'athena:StartQueryExecution',
          'athena:GetQueryExecution',
          'athena:StopQueryExecution',
        ],
        resources: ['${aws_athena_workgroup.inventory_workgroup.arn}'],
      },
      ReadCatalog: {
        actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartition', 'glue:GetPartitions'],
        resources: [
          '${replace(aws_glue_catalog_database.inventory_database.arn, "/database/.*/", "catalog")}',
          '${replace(aws_glue_catalog_database.inventory_database.arn, "/database/.*/", "database/default")}',
          '${aws_glue_catalog_database.inventory_database.arn}',
          '${aws_glue_catalog_table.inventory_table.arn}',
        ],
      },
      KeepResults: {
        actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
        resources: ['${aws_s3_bucket.inventory_results.arn}/*'],
      },
      FindResults: {
        actions: ['s3:ListBucket', 's3:GetBucketLocation'],
        resources: ['${aws_s3_bucket.inventory_results.arn}'],
      },
      ReadInventory: {
        actions: ['s3:GetObject'],
        resources: ['arn:aws:s3:::reports/daily/waves/everything/*'],
      },
      ListInventory: {
        actions: ['s3:ListBucket'],
        resources: ['arn:aws:s3:::reports'],
        condition: [
          {
            test: 'StringLikeIfExists',
            variable: 's3:prefix',
            values: ['daily/waves/everything/*', 'daily/waves/everything/'],
          },
        ],
      },
      LocateInventory: {
        actions: ['s3:GetBucketLocation'],
        resources: ['arn:aws:s3:::reports'],
      },
      SendGranules: {
        actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
        resources: ['${aws_sqs_queue.queue.arn}'],
      },
      RefuseRows: {
        actions: ['sqs:SendMessage'],
        resources: ['${aws_sqs_queue.queue_dead-letters.arn}'],
      },
      KeepCursor: {
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: ['${aws_dynamodb_table.table.arn}'],
      },
      SendFailures: {
        actions: ['sqs:SendMessage'],
        resources: ['${aws_sqs_queue.historic_on-failure.arn}'],
      },
    });
    expect(allowed('historic_self-invocation-document')).toEqual({
      ContinueItself: {
        actions: ['lambda:InvokeFunction'],
        resources: ['${aws_lambda_function.historic.arn}'],
      },
    });
  });

  test('verify names its secret, table and queues, and nothing else', () => {
    expect(allowed('verify_policy-document')).toEqual({
      ...OWN('verify'),
      ...POSTING,
      ReadIngestions: {
        actions: ['dynamodb:Query', 'dynamodb:DeleteItem'],
        resources: ['${aws_dynamodb_table.table.arn}'],
      },
      SendAgain: {
        actions: ['sqs:SendMessage'],
        resources: ['${aws_sqs_queue.queue.arn}', '${aws_sqs_queue.queue_dead-letters.arn}'],
      },
      SendFailures: {
        actions: ['sqs:SendMessage'],
        resources: ['${aws_sqs_queue.verify_on-failure.arn}'],
      },
    });
  });

  test('breaker names the mapping of its queue and its table, and nothing else', () => {
    expect(allowed('breaker_policy-document')).toEqual({
      ...OWN('breaker'),
      SwitchMapping: {
        actions: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
        resources: ['${aws_lambda_event_source_mapping.queue_mapping.arn}'],
      },
      KeepHold: {
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
        resources: ['${aws_dynamodb_table.table.arn}'],
      },
    });
  });

  test('an inventory that is a listing names only that object', () => {
    const listing = allowed('historic_policy-document', synthesize(MATRIX['csv listing']));

    expect(listing['ReadInventory']).toEqual({
      actions: ['s3:GetObject'],
      resources: ['arn:aws:s3:::lists/waves/all.csv.gz'],
    });
  });

  test('the schedules names the functions and the dead-letter queue, and is for schedules of their group', () => {
    expect(allowed('schedules_policy-document')).toEqual({
      SendDeadLetters: {
        actions: ['sqs:SendMessage'],
        resources: ['${aws_sqs_queue.schedules_dead-letters.arn}'],
      },
      InvokeHistoric: {
        actions: ['lambda:InvokeFunction'],
        resources: ['${aws_lambda_function.historic.arn}'],
      },
      InvokeVerify: {
        actions: ['lambda:InvokeFunction'],
        resources: ['${aws_lambda_function.verify.arn}'],
      },
      InvokeBreaker: {
        actions: ['lambda:InvokeFunction'],
        resources: ['${aws_lambda_function.breaker.arn}'],
      },
    });
    expect(allowed('schedules_trust')).toEqual({
      RunAsSchedule: {
        actions: ['sts:AssumeRole'],
        principals: [{ type: 'Service', identifiers: ['scheduler.amazonaws.com'] }],
        condition: [
          {
            test: 'ArnEquals',
            variable: 'aws:SourceArn',
            values: ['${aws_scheduler_schedule_group.schedules_group.arn}'],
          },
        ],
      },
    });
  });

  test('a secret whose ARN lacks the six random characters matches them by a wildcard', () => {
    const secret_arn = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:ingestor';

    const { ReadSecret } = allowed('collection_policy-document', synthesize({ secret_arn }));

    expect(ReadSecret?.['resources']).toEqual([`${secret_arn}-??????`]);
  });

  test('[F04] a trusted service has no condition that depends on the function', () => {
    for (const name of ['app', 'collection', 'historic']) {
      expect(allowed(`${name}_trust`)).toEqual({
        RunAsFunction: {
          actions: ['sts:AssumeRole'],
          principals: [{ type: 'Service', identifiers: ['lambda.amazonaws.com'] }],
        },
      });
    }
  });
});

describe('in every stack', () => {
  const statements = Object.values(MATRIX).flatMap((fields) => allStatements(synthesize(fields)));

  test('a resource is * only for the listed exceptions', () => {
    const excused = new Set<unknown>(WILDCARDS.flatMap(({ actions }) => actions));
    const wide = statements.filter(({ resources }) =>
      (resources as string[] | undefined)?.includes('*'),
    );

    expect(
      wide.flatMap(({ actions }) => actions as string[]).filter((action) => !excused.has(action)),
    ).toEqual([]);
    for (const { document, actions } of wide) {
      // In the policy of a queue * is that queue; in the policy of a role it is every queue of the account.
      const ofQueue = (actions as string[]).every((action) => action.startsWith('sqs:'));
      if (ofQueue) expect(document).toMatch(/(queue|dead-letters|on-failure)_policy$/);
    }
  });

  test('every exception has a reason and is in use', () => {
    const used = new Set(statements.flatMap(({ actions }) => actions as string[]));
    for (const { actions, reason } of WILDCARDS) {
      expect(reason).toMatch(/\w+ .*\w/);
      expect([...used]).toEqual(expect.arrayContaining([...actions]));
    }
  });

  test('an action is a wildcard only in a Deny statement', () => {
    const wide = statements.filter(({ actions }) =>
      (actions as string[]).some((action) => action.includes('*')),
    );
    expect(new Set(wide.map(({ effect }) => effect))).toEqual(new Set(['Deny']));
  });

  test('[F02] no role may create a log group', () => {
    expect(JSON.stringify(statements)).not.toContain('logs:CreateLogGroup');
  });

  test('[F20] no two statements of a policy have the same id', () => {
    for (const fields of Object.values(MATRIX)) {
      const { data, resource } = synthesize(fields);
      expect(Object.keys(resource)).not.toContain('aws_lambda_permission');
      for (const { statement } of Object.values(data['aws_iam_policy_document'] ?? {})) {
        const sids = (statement as Block[]).map(({ sid }) => sid);
        expect(new Set(sids).size).toBe(sids.length);
      }
    }
  });
});
