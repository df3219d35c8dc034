import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { METRICS_NAMESPACE } from '../../../modules/config/names.js';
import { problemsOf } from '../../support/stacks/config-folder.js';
import { HASH, resourceOf, synthesize } from '../../support/stacks/stack-kit.js';
import type { Block, SynthesizedStack } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const CHUNKS = MATRIX['csv inventory, by chunks'] ?? {};

function environmentOf(name: string, fields: Readonly<Record<string, string>>): unknown {
  const fn = resourceOf(synthesize(fields), `aws_lambda_function.${name}`);
  return (fn['environment'] as Block)['variables'];
}

function sourceFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).map((file) => join(folder, file));
}

/** Returns the sorted names of the dashboard's metrics in our own namespace. */
function dashboardMetrics(stack: SynthesizedStack): string[] {
  const { dashboard_body: body } = resourceOf(stack, 'aws_cloudwatch_dashboard.watch_dashboard');
  const ours = String(body).matchAll(new RegExp(`\\["${METRICS_NAMESPACE}", *"(\\w+)"`, 'g'));
  return [...ours].map(([, name = '']) => name).sort();
}

describe('Terraform', () => {
  test('[F22] finds the provider by its full name, in a range of versions', () => {
    const { terraform } = synthesize();
    expect(terraform['required_version']).toBe('>= 1.11');
    expect(terraform['required_providers']).toEqual({
      aws: { source: 'registry.terraform.io/hashicorp/aws', version: '>= 5.100.0, < 7.0.0' },
    });
  });

  test('stores the state in the bucket, encrypted and locked', () => {
    const { terraform } = synthesize(
      {},
      { state: { kind: 's3', bucket: 'states', region: 'us-east-1' } },
    );
    expect(terraform['backend']).toEqual({
      s3: {
        bucket: 'states',
        region: 'us-east-1',
        key: 'demo/waves.tfstate',
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  test('stores a local state outside cdktf.out, by a path that is the same on every machine', () => {
    const stack = synthesize();
    expect(stack.terraform['backend']).toEqual({ local: { path: '../../../demo-waves.tfstate' } });
    expect(JSON.stringify(stack)).not.toContain(process.cwd());
  });

  test('tags every resource, in both regions', () => {
    const tags = { Team: 'coast', Project: 'demo', Pipeline: 'waves', ManagedBy: 'terraform' };
    const { aws = [] } = synthesize(MATRIX['all settings']).provider;
    expect(aws.map((provider) => provider['default_tags'])).toEqual([[{ tags }], [{ tags }]]);
  });

  test('reads text of the config as text, not as a template', () => {
    const sources = Object.values(MATRIX).map((fields) => JSON.stringify(synthesize(fields)));
    expect(sources.filter((json) => /[^%]%\{/.test(json))).toEqual([]);
  });
});

describe('a function', () => {
  test('[F02][F04][F16] has our zip, and exists after its log group and its policy', () => {
    const stack = synthesize({ memory_mb: '256', timeout_seconds: '45', log_retention_days: '7' });

    expect(resourceOf(stack, 'aws_lambda_function.app')).toEqual({
      function_name: 'demo-waves-app',
      description: 'Makes Items of waves and posts them',
      role: '${aws_iam_role.app_role.arn}',
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'app.handler',
      filename: '${path.module}/assets/app-0.zip',
      source_code_hash: HASH,
      tags: { CodeSha256: HASH },
      memory_size: 256,
      timeout: 45,
      environment: {
        variables: environmentOf('app', {
          memory_mb: '256',
          timeout_seconds: '45',
          log_retention_days: '7',
        }),
      },
      logging_config: {
        log_format: 'JSON',
        log_group: '${aws_cloudwatch_log_group.app_logs.name}',
      },
      tracing_config: { mode: 'Active' },
      depends_on: ['aws_iam_role_policy.app_policy'],
    });
    expect(resourceOf(stack, 'aws_cloudwatch_log_group.app_logs')).toEqual({
      name: '/aws/lambda/demo-waves-app',
      retention_in_days: 7,
    });
  });

  test('is read back after each change, and fails the plan with the command to run if its code is old', () => {
    const { data } = synthesize();

    expect(data['aws_lambda_function']?.['app']).toEqual({
      function_name: '${aws_lambda_function.app.function_name}',
      depends_on: ['aws_lambda_function.app'],
      lifecycle: {
        postcondition: [
          {
            condition:
              '${self.code_sha256 == aws_lambda_function.app.source_code_hash || length(self.code_sha256) != 44}',
            error_message: expect.stringMatching(
              /^Old code: .*"npm run deploy -- waves".* -replace='aws_lambda_function.app'\.$/,
            ),
          },
        ],
      },
    });
  });

  test('has names and ARNs in its environment, and no secret', () => {
    const common = {
      PIPELINE: 'waves',
      PROJECT: 'demo',
      POWERTOOLS_SERVICE_NAME: 'waves',
      POWERTOOLS_METRICS_NAMESPACE: 'StacPipelines',
      TABLE_NAME: '${aws_dynamodb_table.table.name}',
      NODE_OPTIONS: '--enable-source-maps',
    };
    const posting = {
      INGESTOR_URL: 'https://ingestor.example.com/api',
      SECRET_ARN: 'arn:aws:secretsmanager:us-west-2:123456789012:secret:ingestor-AbCdEf',
      STAC_API_URL: 'https://stac.example.com',
    };
    const source = { REQUESTER_PAYS: 'false', SOURCE_REGION: 'us-west-2' };
    const all = MATRIX['all settings'] ?? {};

    expect(environmentOf('app', all)).toEqual({
      ...common,
      ...posting,
      ...source,
      QUEUE_URL: '${aws_sqs_queue.queue.url}',
      DEAD_LETTERS_URL: '${aws_sqs_queue.queue_dead-letters.url}',
      MAX_RECEIVE_COUNT: '10',
      RETRY_DELAY_SECONDS: '30',
      VERIFY_INGESTION: 'true',
      CIRCUIT_BREAKER: 'true',
      CODE_VERSION: '1.4.0',
      OUTPUTS: 's3://waves-cogs/v1',
    });
    expect(environmentOf('collection', all)).toEqual({ ...common, ...posting });
    expect(environmentOf('verify', all)).toEqual({
      ...common,
      ...posting,
      QUEUE_URL: '${aws_sqs_queue.queue.url}',
      DEAD_LETTERS_URL: '${aws_sqs_queue.queue_dead-letters.url}',
      VERIFY_TRIES: '4',
    });
    expect(environmentOf('breaker', all)).toEqual({
      ...common,
      MAPPING_ID: '${aws_lambda_event_source_mapping.queue_mapping.uuid}',
    });
    expect(environmentOf('historic', all)).toEqual({
      ...common,
      ...source,
      QUEUE_URL: '${aws_sqs_queue.queue.url}',
      DEAD_LETTERS_URL: '${aws_sqs_queue.queue_dead-letters.url}',
      WORKGROUP: '${aws_athena_workgroup.inventory_workgroup.name}',
      DATABASE: '${aws_glue_catalog_database.inventory_database.name}',
      INVENTORY_TABLE: '${aws_glue_catalog_table.inventory_table.name}',
      INVENTORY_LOCATION: 's3://reports/daily/waves/everything',
      INVENTORY_FORMAT: 'csv',
      INVENTORY_FIELDS: 'bucket,key,size,last_modified_date',
      HISTORIC_FREQUENCY: '6',
      INITIAL_CHUNK: '2022-04-20',
      MAX_QUEUE_DEPTH: '5000',
      MAX_SCAN_GB: '100',
      READ_ARCHIVED: 'false',
    });
  });

  test('[D14] posts with a client secret, whose keys the error for a missing secret_arn names', () => {
    const [problem] = problemsOf(
      'id: waves\ncompute: awslambda\ningestor_url: https://a.example.com\n',
    );
    expect(problem).toMatch(/secret_arn: .*cognito_domain, client_id, client_secret and scope/);
  });

  test('that fails asynchronously sends its event to a queue', () => {
    const stack = synthesize(CHUNKS);
    expect(
      resourceOf(stack, 'aws_lambda_function_event_invoke_config.historic_invoke-config'),
    ).toEqual({
      function_name: '${aws_lambda_function.historic.function_name}',
      lifecycle: { replace_triggered_by: ['aws_lambda_function.historic.id'] },
      maximum_retry_attempts: 2,
      maximum_event_age_in_seconds: 21_600,
      destination_config: {
        on_failure: { destination: '${aws_sqs_queue.historic_on-failure.arn}' },
      },
    });
  });

  test.each([
    ['512', 1769],
    ['3008', 3008],
  ])('that reads the inventory has a whole vCPU with memory_mb %s', (memory_mb, expected) => {
    const stack = synthesize({ ...CHUNKS, memory_mb });

    expect(resourceOf(stack, 'aws_lambda_function.historic')['memory_size']).toBe(expected);
    expect(resourceOf(stack, 'aws_lambda_function.app')['memory_size']).toBe(Number(memory_mb));
  });

  test('that invokes itself is not stopped as a loop', () => {
    expect(
      resourceOf(synthesize(CHUNKS), 'aws_lambda_function_recursion_config.historic_recursion'),
    ).toMatchObject({ recursive_loop: 'Allow' });
  });
});

describe('the table', () => {
  test('has the keys pk and sk, and a time to live', () => {
    expect(resourceOf(synthesize(), 'aws_dynamodb_table.table')).toEqual({
      name: 'demo-waves-state',
      billing_mode: 'PAY_PER_REQUEST',
      hash_key: 'pk',
      range_key: 'sk',
      attribute: [
        { name: 'pk', type: 'S' },
        { name: 'sk', type: 'S' },
      ],
      ttl: { attribute_name: 'ttl', enabled: true },
      point_in_time_recovery: { enabled: true },
      server_side_encryption: { enabled: true },
    });
  });
});

describe('a stack', () => {
  test('has outputs with the names and URLs of its resources', () => {
    const { output } = synthesize(CHUNKS);
    expect(
      Object.fromEntries(Object.entries(output).map(([name, { value }]) => [name, value])),
    ).toEqual({
      queue_url: '${aws_sqs_queue.queue.url}',
      dead_letters_url: '${aws_sqs_queue.queue_dead-letters.url}',
      app_function: '${aws_lambda_function.app.function_name}',
      collection_function: '${aws_lambda_function.collection.function_name}',
      historic_function: '${aws_lambda_function.historic.function_name}',
      verify_function: '${aws_lambda_function.verify.function_name}',
      breaker_function: '${aws_lambda_function.breaker.function_name}',
      dashboard_url:
        'https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#dashboards/dashboard/${aws_cloudwatch_dashboard.watch_dashboard.dashboard_name}',
    });
  });

  test('has no dashboard and no address of one with dashboard: false', () => {
    const { resource, output } = synthesize({ dashboard: 'false' });

    expect(resource['aws_cloudwatch_dashboard']).toBeUndefined();
    expect(output).not.toHaveProperty('dashboard_url');
    expect(resource['aws_cloudwatch_metric_alarm']).toBeDefined();
  });

  test('[N13] outputs what became of a backfill that the deployment starts', () => {
    expect(
      synthesize(MATRIX['csv inventory, at once']).output['backfill_on_deploy']?.['value'],
    ).toBe(
      '${try(jsondecode(aws_lambda_invocation.backfill_on-deploy_invocation.result).message, null)}',
    );
  });

  test('shows on the dashboard exactly the metrics that the functions count', () => {
    const counted = sourceFiles('lambdas').flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/\bmeter\.count\(([^)]*)/g),
    ]);
    const names = counted.flatMap(([, given = '']) => given.match(/(?<=')\w+(?=')/g) ?? ['?']);

    expect(dashboardMetrics(synthesize())).toEqual([...new Set(names)].sort());
  });
});
