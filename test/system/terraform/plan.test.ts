import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { listPipelines } from '../../../modules/config/config.js';
import { readLocalConfig } from '../../../modules/config/environment/local.js';
import type { PipelineConfig } from '../../../modules/config/config.js';
import { synthesizeBootstrap } from '../../../modules/stacks/synthesize.js';
import { configOf } from '../../support/stacks/config-folder.js';
import { addressesOf, readStack, writeStack } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';
import { overrideOffline, writeMockTest } from './offline.js';
import { found, suite } from './terraform-suite.js';
import { findTerraform } from './terraform.js';

const TIMEOUT_MS = 240_000;

const LONG_ID = `w${'_aves'.repeat(8)}`.slice(0, 40);
/** A case takes 10 seconds, so outside CI only the most comprehensive ones run. */
const CHOSEN =
  process.env['CI'] === 'true' ? Object.keys(MATRIX) : ['all settings', 'text listing'];

const configs: readonly (readonly [string, PipelineConfig])[] = [
  ...listPipelines().map(
    (id) => [`the pipeline ${id}`, readLocalConfig(`pipelines/${id}`).config] as const,
  ),
  ...CHOSEN.map((name) => [name, configOf(MATRIX[name] ?? {})] as const),
  ['an id of 40 characters', { ...configOf(MATRIX['csv inventory, at once'] ?? {}), id: LONG_ID }],
];

/** Conditions that hold in every stack, as Terraform expressions. */
const CONDITIONS = {
  'messages reappear before a run can have ended':
    'aws_sqs_queue.queue.visibility_timeout_seconds >= 6 * aws_lambda_function.app.timeout',
  'dead letters vanish before messages do':
    'aws_sqs_queue.queue_dead-letters.message_retention_seconds > aws_sqs_queue.queue.message_retention_seconds',
  'the outputs do not say where things are':
    'output.queue_url == aws_sqs_queue.queue.url && output.app_function == aws_lambda_function.app.function_name',
  'the Collection is not posted by this apply':
    'aws_lambda_invocation.collection-on-deploy_invocation.triggers.deployed == terraform_data.collection-on-deploy_null-resource.id',
};

function run(folder: string, ...words: readonly string[]): Promise<string> {
  return found().run(folder, ...words);
}

async function plan(folder: string, ...words: readonly string[]): Promise<string> {
  overrideOffline(folder, readStack(folder));
  await run(folder, 'init', '-input=false', '-reconfigure');
  return run(folder, 'plan', '-input=false', '-lock=false', ...words);
}

async function validate(folder: string): Promise<unknown> {
  await run(folder, 'init', '-backend=false', '-input=false');
  return JSON.parse(await run(folder, 'validate', '-json'));
}

const VALID = { valid: true, diagnostics: [] };

suite.each(configs)('the real provider and %s', (_, config) => {
  test(
    'agree: it is valid as synthesized, makes all and only its resources, and applies against mocks',
    async () => {
      const folder = writeStack(config, { project: 'a'.repeat(20) });
      const stack = readStack(folder);

      expect(await validate(folder)).toMatchObject(VALID);
      writeMockTest(folder, stack, CONDITIONS);
      expect(await run(folder, 'test')).toContain('1 passed, 0 failed');
      expect(await plan(folder)).toContain(
        `Plan: ${addressesOf(stack).length} to add, 0 to change, 0 to destroy.`,
      );
    },
    TIMEOUT_MS,
  );
});

suite('the real provider and the bootstrap stack', () => {
  test(
    'agree: it is valid as synthesized, and makes a bucket with all that guards it, and a dashboard',
    async () => {
      const outdir = mkdtempSync(join(tmpdir(), 'bootstrap-'));
      synthesizeBootstrap(
        {
          name: 'demo',
          bucket: { bucket: 'demo-states', region: 'eu-west-1' },
          images: [],
          dashboard: { regions: ['us-west-2'] },
        },
        { outdir },
      );
      const folder = join(outdir, 'stacks', 'bootstrap');

      expect(await validate(folder)).toMatchObject(VALID);
      expect(await plan(folder)).toContain('Plan: 7 to add, 0 to change, 0 to destroy.');
    },
    TIMEOUT_MS,
  );
});

suite('the real provider and the role for the workflow reconcile', () => {
  test(
    'agree: the role exists if there are inventories to compare, for workflows of the branch',
    async () => {
      const outdir = mkdtempSync(join(tmpdir(), 'github-reconcile-'));
      const inventory = 's3://inventories/daily/waves/all';
      synthesizeBootstrap(
        {
          name: 'demo',
          bucket: { bucket: 'demo-states', region: 'eu-west-1' },
          images: [],
          compared: [{ id: 'waves', inventory, keys: [] }],
        },
        { outdir },
      );
      const folder = join(outdir, 'stacks', 'github_oidc');
      const variables = [
        '-var=repository=octo-org/octo-repo',
        '-var=environment=prod',
        '-var=plan_environment=prod-plan',
        '-var=provider_arn=arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
      ];
      const planned = await plan(folder, ...variables);

      expect(await validate(folder)).toMatchObject(VALID);
      expect(planned).toContain('Plan: 6 to add, 0 to change, 0 to destroy.');
      expect(planned).toContain('repo:octo-org/octo-repo:ref:refs/heads/main');
      expect(planned).toMatch(/max_session_duration += 21600/);

      const own = await plan(folder, ...variables, '-var=reconcile_environment=prod-reconcile');
      expect(own).toContain('repo:octo-org/octo-repo:environment:prod-reconcile');
      expect(own).not.toContain('repo:octo-org/octo-repo:ref:refs/heads/main');
    },
    TIMEOUT_MS,
  );
});

suite('the real provider and the stack of the roles for GitHub', () => {
  test(
    'agree: it makes the roles, and the identity provider where the account has none',
    async () => {
      const outdir = mkdtempSync(join(tmpdir(), 'github-oidc-'));
      synthesizeBootstrap(
        { name: 'demo', bucket: { bucket: 'demo-states', region: 'eu-west-1' }, images: [] },
        { outdir },
      );
      const folder = join(outdir, 'stacks', 'github_oidc');
      const arn = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
      const repository = '-var=repository=octo-org/octo-repo';

      expect(await validate(folder)).toMatchObject(VALID);
      expect(await plan(folder, repository)).toContain(
        'Plan: 5 to add, 0 to change, 0 to destroy.',
      );
      expect(await plan(folder, repository, `-var=provider_arn=${arn}`)).toContain(
        'Plan: 4 to add, 0 to change, 0 to destroy.',
      );
      const ids = '-var=repository_ids=12/34';
      const planned = await plan(folder, repository, ids, `-var=provider_arn=${arn}`);
      for (const name of ['octo-org/octo-repo', 'octo-org@12/octo-repo@34']) {
        expect(planned).toContain(`repo:${name}:pull_request`);
        expect(planned).toContain(`repo:${name}:ref:refs/heads/main`);
      }
      const gated = await plan(
        folder,
        repository,
        '-var=environment=production',
        `-var=provider_arn=${arn}`,
      );
      expect(gated).toContain('repo:octo-org/octo-repo:environment:production');
      expect(gated).toContain('repo:octo-org/octo-repo:pull_request');
      const ofEnvironment = await plan(
        folder,
        repository,
        '-var=environment=prod',
        '-var=plan_environment=prod-plan',
        `-var=provider_arn=${arn}`,
      );
      expect(ofEnvironment).toContain('repo:octo-org/octo-repo:environment:prod-plan');
      expect(ofEnvironment).not.toMatch(/:pull_request|:ref:/);
      await expect(plan(folder, repository, '-var=plan_environment=a*')).rejects.toThrow(
        'The plan_environment is a name of letters',
      );
      await expect(plan(folder, repository, '-var=repository_ids=12')).rejects.toThrow(
        'repository_ids is two numbers',
      );
      await expect(plan(folder, '-var=repository=octo-org/*')).rejects.toThrow(
        'The repository is owner/name, as in octo-org/octo-repo, without wildcards.',
      );
    },
    TIMEOUT_MS,
  );
});

test('where Terraform is missing, CI says so and fails', async () => {
  if (process.env['CI'] === 'true') expect(await findTerraform()).toBeDefined();
});
