import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { synthesizeBootstrap } from '../../../modules/stacks/synthesize.js';
import { type Block, readStack, resourceOf, statementsOf } from '../../support/stacks/stack-kit.js';

const outdir = mkdtempSync(join(tmpdir(), 'github-oidc-'));
synthesizeBootstrap(
  { name: 'demo', bucket: { bucket: 'demo-states', region: 'eu-west-1' }, images: [] },
  { outdir },
);
const stack = readStack(join(outdir, 'stacks', 'github_oidc'));

function subjectsOf(role: string): unknown {
  const trust = statementsOf(stack, `${role}_trust`)['WorkflowsOfTheRepository'];
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
