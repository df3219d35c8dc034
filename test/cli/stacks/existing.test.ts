import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { errorsIn, type ResourceError } from '../../../cli/stacks/apply-errors.js';
import { existingResources, isErrorOf, type FailedStack } from '../../../cli/stacks/existing.js';
import { IMPORT_RULES } from '../../../cli/stacks/import-ids.js';
import { ACTIONS } from '../../../modules/deployer/actions.js';
import { INVENTORY } from '../../support/stacks/config-folder.js';
import { synthesize } from '../../support/stacks/stack-kit.js';

const STACK: FailedStack = {
  id: 'waves',
  folder: 'cdktf.out/stacks/waves',
  account: '123456789012',
  json: synthesize({
    ...INVENTORY,
    region: 'us-west-2',
    sns: 'arn:aws:sns:eu-central-1:210987654321:new-waves',
  }),
};

/** As the provider 5.100.0 reports them. */
const RECORDED = errorsIn(readFileSync('test/fixtures/existing-resources.txt', 'utf8'));

function sentenceOf(address: string, text?: string, stack = STACK): string | undefined {
  const error = RECORDED.find((one) => one.address === address);
  const errors: ResourceError[] = [{ address, text: text ?? error?.text ?? '' }];
  return existingResources(errors, stack)[0];
}

const commandOf = (address: string) => / (terraform .*)$/.exec(sentenceOf(address) ?? '')?.[1];

describe('a resource that exists already', () => {
  test('is named, with the command that imports it', () => {
    expect(sentenceOf('aws_cloudwatch_log_group.app_logs')).toBe(
      'waves: the log group /aws/lambda/demo-waves-app exists already, but is not in the state of this stack. ' +
        'Unless another project uses it (then choose another PROJECT), import it and deploy again: ' +
        "terraform -chdir=cdktf.out/stacks/waves import 'aws_cloudwatch_log_group.app_logs' '/aws/lambda/demo-waves-app'",
    );
  });

  test.each([
    ['aws_athena_workgroup.inventory_workgroup', "'demo-waves-backfill'"],
    ['aws_cloudwatch_log_group.app_logs', "'/aws/lambda/demo-waves-app'"],
    ['aws_dynamodb_table.table', "'demo-waves-state'"],
    ['aws_glue_catalog_database.inventory_database', "'123456789012:demo__waves'"],
    ['aws_glue_catalog_table.inventory_table', "'123456789012:demo__waves:objects'"],
    ['aws_iam_role.app_role', "'demo-waves-app'"],
    ['aws_lambda_event_source_mapping.queue_mapping', "'0a9b1c2d-1111-2222-3333-444455556666'"],
    ['aws_lambda_function.app', "'demo-waves-app'"],
    ['aws_s3_bucket.inventory_results', "'demo-waves-results-123456789012'"],
    ['aws_scheduler_schedule.schedules_keeper', "'demo-waves-schedules/demo-waves-keeper'"],
    ['aws_scheduler_schedule_group.schedules_group', "'demo-waves-schedules'"],
    [
      'aws_sns_topic_subscription.queue_subscription',
      '"$(aws sns list-subscriptions --region eu-central-1 --output text --query ' +
        "\"Subscriptions[?TopicArn=='arn:aws:sns:eu-central-1:210987654321:new-waves' && ends_with(Endpoint, ':demo-waves-granules')].SubscriptionArn\")\"",
    ],
    [
      'aws_sqs_queue.queue',
      "'https://sqs.us-west-2.amazonaws.com/123456789012/demo-waves-granules'",
    ],
    [
      'aws_sqs_queue.queue_subscription_dead-letters',
      "'https://sqs.eu-central-1.amazonaws.com/123456789012/demo-waves-subscription-dead-letters'",
    ],
  ])('has the import id of its type: %s', (address, id) => {
    expect(commandOf(address)).toBe(
      `terraform -chdir=cdktf.out/stacks/waves import '${address}' ${id}`,
    );
  });

  test('may be a repository of the stack images', () => {
    const json = { resource: { aws_ecr_repository: { images: { name: 'demo-images' } } } };
    const text =
      "creating ECR Repository (demo-images): operation error ECR: CreateRepository, https response error StatusCode: 400, RequestID: r, RepositoryAlreadyExistsException: The repository with name 'demo-images' already exists";

    expect(sentenceOf('aws_ecr_repository.images', text, { ...STACK, json })).toContain(
      "import 'aws_ecr_repository.images' 'demo-images'",
    );
  });

  test('is imported in China under its own domain', () => {
    const json = synthesize({
      region: 'cn-north-1',
      secret_arn: 'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:ingestor-AbCdEf',
    });

    expect(sentenceOf('aws_sqs_queue.queue', undefined, { ...STACK, json })).toContain(
      "'https://sqs.cn-north-1.amazonaws.com.cn/123456789012/demo-waves-granules'",
    );
  });

  test('that is one of many may belong to a state in another place', () => {
    const sentences = existingResources(RECORDED, STACK);

    expect(sentences).toHaveLength(RECORDED.length + 1);
    expect(sentences.at(-1)).toBe(
      'waves: 14 resources exist already. If the stack was deployed before with its state in another place ' +
        '(STATE_BUCKET, LOCAL_STATE=1, another machine), import nothing, and deploy with that state',
    );
    expect(existingResources(RECORDED.slice(0, 3), STACK)).toHaveLength(3);
  });
});

describe('a bucket', () => {
  const address = 'aws_s3_bucket.inventory_results';
  const name = 'demo-waves-results-123456789012';

  test('of another account is not imported', () => {
    const text = `creating S3 Bucket (${name}): operation error S3: CreateBucket, https response error StatusCode: 409, RequestID: r, HostID: h, BucketAlreadyExists:`;

    expect(sentenceOf(address, text)).toBe(
      `waves: the bucket ${name} belongs to another account, and cannot be imported. ` +
        'The names of buckets are unique in all accounts: choose another PROJECT',
    );
    const bootstrap = {
      ...STACK,
      id: 'bootstrap',
      json: { resource: { aws_s3_bucket: { state: { bucket: 'states' } } } },
    };
    expect(sentenceOf('aws_s3_bucket.state', text, bootstrap)).toMatch(/another STATE_BUCKET$/);
  });

  test('that the provider can read in us-east-1 is imported', () => {
    expect(sentenceOf(address, `creating S3 Bucket (${name}): BucketAlreadyExists`)).toContain(
      `import '${address}' '${name}'`,
    );
  });
});

describe('in the stacks of the project itself', () => {
  test("GitHub's identity provider is given, not imported", () => {
    const json = { resource: { aws_iam_openid_connect_provider: { provider: {} } } };
    const text =
      'creating IAM OIDC Provider: operation error IAM: CreateOpenIDConnectProvider, https response error StatusCode: 409, RequestID: r, EntityAlreadyExists: Provider with url https://token.actions.githubusercontent.com already exists.';

    expect(
      sentenceOf('aws_iam_openid_connect_provider.provider[0]', text, { ...STACK, json }),
    ).toContain('Deploy with --var provider_arn=arn:aws:iam::ACCOUNT:oidc-provider/');
  });
});

describe('no sentence is about', () => {
  test.each([
    ['aws_sqs_queue.queue', 'creating SQS Queue (demo-waves-granules): AccessDenied'],
    [
      'aws_lambda_function.app',
      'updating Lambda Function (demo-waves-app) code: ResourceConflictException: The operation cannot be performed at this time. An update is in progress',
    ],
    [
      'aws_dynamodb_table.table',
      'creating AWS DynamoDB Table (demo-waves-state): ResourceInUseException: Attempt to change a resource which is still in use: Table is being deleted: demo-waves-state',
    ],
    ['aws_sqs_queue.unknown', 'QueueAlreadyExists'],
    ['terraform_data.collection-on-deploy_null-resource', 'failed'],
  ])('%s: %s', (address, text) => {
    expect(sentenceOf(address, text)).toBeUndefined();
  });
});

test('a type without a rule refers to the page about its import', () => {
  const json = { resource: { aws_kms_alias: { key: { name: 'alias/x' } } } };
  const text = 'creating KMS Alias (alias/x): AlreadyExistsException: alias/x already exists';

  expect(sentenceOf('aws_kms_alias.key', text, { ...STACK, json })).toContain(
    "import 'aws_kms_alias.key' ID, with the ID that https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_alias#import describes",
  );
});

test('an error belongs to the stack whose resource it names', () => {
  const error = RECORDED.find(({ address }) => address === 'aws_iam_role.app_role');
  if (error === undefined) throw new Error('no such error');

  expect(isErrorOf(error, STACK.json)).toBe(true);
  expect(isErrorOf(error, synthesize({}, { project: 'prod' }))).toBe(false);
  expect(isErrorOf({ ...error, address: 'aws_iam_role.none' }, STACK.json)).toBe(false);
});

/** Types whose creation overwrites or adopts what exists, or creates nothing with a name. */
const WITHOUT_CONFLICT = [
  'aws_cloudwatch_dashboard',
  'aws_cloudwatch_metric_alarm',
  'aws_iam_role_policy',
  'aws_lambda_function_event_invoke_config',
  'aws_lambda_function_recursion_config',
  'aws_lambda_invocation',
  'aws_s3_bucket_lifecycle_configuration',
  'aws_s3_bucket_policy',
  'aws_s3_bucket_public_access_block',
  'aws_s3_object',
  'terraform_data',
];

test('every resource type of a pipeline has a rule, or no conflict', () => {
  const types = Object.keys(ACTIONS).filter((type) => !WITHOUT_CONFLICT.includes(type));

  expect(types.filter((type) => IMPORT_RULES[type] === undefined)).toEqual([]);
});

test('docs/deploy.md has the import id of every type with a rule', () => {
  const page = readFileSync('docs/deploy.md', 'utf8');

  expect(Object.keys(IMPORT_RULES).filter((type) => !page.includes(`\`${type}\``))).toEqual([]);
});
