import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ComparedPipeline } from '../../../modules/config/project.js';
import { MAX_SESSION_SECONDS } from '../../../modules/stacks/reconcile-policy.js';
import { synthesizeBootstrap } from '../../../modules/stacks/synthesize.js';
import {
  type Block,
  readStack,
  resourceOf,
  statementsOf,
  synthesize,
} from '../../support/stacks/stack-kit.js';

const stack = stackWith();

function stackWith(compared?: readonly ComparedPipeline[]) {
  const outdir = mkdtempSync(join(tmpdir(), 'github-oidc-'));
  const bucket = { bucket: 'demo-states', region: 'eu-west-1' };
  synthesizeBootstrap(
    { name: 'demo', bucket, images: [], ...(compared && { compared }) },
    { outdir },
  );
  return readStack(join(outdir, 'stacks', 'github_oidc'));
}

function subjectsOf(role: string, of = stack): unknown {
  const trust = statementsOf(of, `${role}_trust`)['WorkflowsOfTheRepository'];
  const conditions = (trust?.['condition'] ?? []) as Block[];
  expect(conditions.every(({ test: operator }) => operator === 'StringEquals')).toBe(true);
  return Object.fromEntries(conditions.map(({ variable, values }) => [variable, values]));
}

const statements = (role: string) =>
  Object.values(statementsOf(stack, `${role}_policy-document`)) as {
    actions: string[];
    resources: string[];
  }[];

describe('the roles for GitHub', () => {
  test('can be assumed by workflows of one repository, and to deploy only by those of one branch or environment', () => {
    const audience = { 'token.actions.githubusercontent.com:aud': ['sts.amazonaws.com'] };
    const subject = 'token.actions.githubusercontent.com:sub';

    expect(subjectsOf('plan')).toEqual({
      ...audience,
      [subject]: '${local.plan_claims}',
    });
    expect(subjectsOf('deploy')).toEqual({ ...audience, [subject]: '${local.deploy_claims}' });
  });

  test('to plan allow only reads, of metadata', () => {
    const actions = statements('plan').flatMap((statement) => statement.actions);

    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter((action) => !/^[a-z0-9-]+:(Get|List|Describe)/.test(action))).toEqual([]);
    expect(
      actions.filter((action) => /GetSecretValue|GetItem|ReceiveMessage/.test(action)),
    ).toEqual([]);
  });

  test('cannot change themselves, their trust policies or their state', () => {
    const arns = ['plan', 'deploy'].map((id) => {
      const { path, name } = resourceOf(stack, `aws_iam_role.${id}`);
      return `role${String(path)}${String(name)}`;
    });
    const resources = statements('deploy').flatMap((statement) => statement.resources);
    const patterns = resources
      .filter((resource) => resource.includes(':iam:'))
      .map((resource) => resource.slice(resource.lastIndexOf(':') + 1).replaceAll('*', '.*'));
    const mayChange = (arn: string) =>
      patterns.some((pattern) => new RegExp(`^${pattern}$`).test(arn));

    expect(arns).toEqual(['role/github/demo-github-plan', 'role/github/demo-github-deploy']);
    expect([...arns, 'role/demo-waves-app'].map(mayChange)).toEqual([false, false, true]);
    expect(stack.terraform['backend']).toMatchObject({ s3: { key: 'github_oidc/demo.tfstate' } });
    expect(resources).toContain('arn:aws:s3:::demo-states/demo/*');
  });

  test('take the account from the identity provider, whether made here or given', () => {
    expect(resourceOf(stack, 'aws_iam_openid_connect_provider.provider')).toMatchObject({
      count: '${var.provider_arn == "" ? 1 : 0}',
      client_id_list: ['sts.amazonaws.com'],
    });
    expect(JSON.stringify(statements('deploy'))).not.toMatch(/ACCOUNT|PROJECT|\$\$\{/);
  });
});

describe('the role for the workflow reconcile', () => {
  const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1234';
  const compared = stackWith([
    { id: 'waves', inventory: 's3://inventories/daily/waves/all', keys: [KEY] },
    { id: 'tides', inventory: 's3://lists/tides/list.txt', keys: [KEY] },
  ]);
  const allowed = (of: typeof stack) =>
    Object.values(statementsOf(of, 'reconcile_policy-document')) as {
      actions: string[];
      resources: string[];
      condition?: Block[];
    }[];
  const onActions = (action: string) =>
    allowed(compared).filter(({ actions }) => actions.includes(action));

  test('does not exist if no pipeline can be compared', () => {
    expect(Object.keys(stack.resource['aws_iam_role'] ?? {})).toEqual(['deploy', 'plan']);
    expect(stack.output).not.toHaveProperty('reconcile_role_arn');
  });

  test('is for workflows of the branch, as long as the workflow asks for', () => {
    const workflow = readFileSync('.github/workflows/reconcile.yml', 'utf8');

    expect(subjectsOf('reconcile', compared)).toEqual({
      'token.actions.githubusercontent.com:aud': ['sts.amazonaws.com'],
      'token.actions.githubusercontent.com:sub': '${local.reconcile_claims}',
    });
    expect(resourceOf(compared, 'aws_iam_role.reconcile')).toMatchObject({
      name: 'demo-github-reconcile',
      path: '/github/',
      max_session_duration: MAX_SESSION_SECONDS,
    });
    expect(workflow).toContain(`role-duration-seconds: ${MAX_SESSION_SECONDS}\n`);
    expect(compared.output).toHaveProperty('reconcile_role_arn');
  });

  test('may query and read inventories as the historic function does, and write its metrics', () => {
    const historic = statementsOf(
      synthesize({
        inventory_location: 's3://inventories/daily/waves/all',
        historic_frequency: '0',
      }),
      'historic_policy-document',
    );
    const ids = ['RunQueries', 'ReadCatalog', 'KeepResults', 'FindResults'];
    const needed = [...ids, 'ReadInventory', 'ListInventory', 'LocateInventory'].flatMap(
      (id) => historic[id]?.['actions'] as string[],
    );
    const actions = allowed(compared).flatMap((statement) => statement.actions);

    expect(needed.length).toBeGreaterThan(10);
    expect(needed.filter((action) => !actions.includes(action))).toEqual([]);
    expect(actions.filter((action) => !needed.includes(action)).sort()).toEqual([
      'cloudwatch:PutMetricData',
      'kms:Decrypt',
    ]);
  });

  test('reaches the inventories alone, the keys of the configs, and one namespace', () => {
    const objects = onActions('s3:GetObject').flatMap(({ resources }) => resources);
    const [metrics] = onActions('cloudwatch:PutMetricData');

    expect(objects.filter((arn) => !arn.includes('-results-'))).toEqual([
      'arn:aws:s3:::inventories/daily/waves/all/*',
      'arn:aws:s3:::lists/tides/list.txt',
    ]);
    expect(onActions('kms:Decrypt').map(({ resources }) => resources)).toEqual([[KEY]]);
    expect(metrics?.condition).toEqual([
      { test: 'StringEquals', variable: 'cloudwatch:namespace', values: ['StacPipelines'] },
    ]);
  });

  test('has room for two hundred inventories, whose buckets it then reads as a whole', () => {
    const many = Array.from({ length: 200 }, (_, index) => ({
      id: `p${index}`,
      inventory: `s3://inventories/daily/waves/configuration-${index}`,
      keys: [],
    }));
    const statements = allowed(stackWith(many));

    expect(JSON.stringify(statements).length).toBeLessThan(10_240);
    expect(statements.flatMap(({ resources }) => resources)).toContain(
      'arn:aws:s3:::inventories/*',
    );
  });
});
