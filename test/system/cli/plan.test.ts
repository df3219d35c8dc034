import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../support/cli/project-root.js';
import { runCli } from '../../support/cli/run-cli.js';
import { AWS, stateText } from '../../support/cli/state-fixture.js';
import { yamlOf } from '../../support/stacks/config-folder.js';
import { readStack } from '../../support/stacks/stack-kit.js';
import { type StandInTerraform, standInTerraform } from '../../support/cli/stand-in-terraform.js';

const TIMEOUT_MS = 60_000;
const LOCAL = { LOCAL_STATE: '1' };

async function plan(
  recorded: string,
  args: readonly string[],
  {
    terraform = standInTerraform(`test/fixtures/plans/${recorded}.json`),
    root = projectRoot(),
  }: Partial<{ terraform: StandInTerraform; root: string }> = {},
) {
  const env = { ...LOCAL, PATH: `${terraform.folder}:${process.env['PATH'] ?? ''}` };
  return { ...(await runCli('plan', args, { env, cwd: root })), calls: terraform.calls() };
}

describe('npm run plan', () => {
  test(
    'synthesizes, plans to a file and shows that file',
    async () => {
      const { code, stdout, stderr, calls } = await plan('settings', ['waves']);

      expect({ code, stderr }).toEqual({ code: 2, stderr: 'planning waves\n' });
      expect(stdout).toContain('### waves: 5 to change');
      expect(stdout).toContain('```\nwhat show prints\n```');
      expect(calls).toEqual([
        'waves: init -no-color -input=false -reconfigure',
        'waves: plan -no-color -input=false -lock=false -out=plan.tfplan',
        'waves: show -no-color -json plan.tfplan',
        'waves: show -no-color plan.tfplan',
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    'of a new pipeline names its Collection, which the plan of Terraform does not',
    async () => {
      const root = projectRoot({
        'pipelines/waves/collection.ts':
          "import { collectionHandler } from '../../lambdas/collection-handler.js';\n" +
          "export const handler = collectionHandler(() => ({ type: 'Collection', id: 'tall-waves' }));\n",
      });

      const { stdout } = await plan('create', ['waves'], { root });

      expect(stdout).toContain('- The apply posts the Collection `tall-waves` to https://');
    },
    TIMEOUT_MS,
  );

  test.each([
    ['none', 0],
    ['code', 2],
  ])(
    'of %s has exit code %i, like terraform plan -detailed-exitcode',
    async (recorded, expected) => {
      expect((await plan(recorded, ['--all'])).code).toBe(expected);
    },
    TIMEOUT_MS,
  );

  test(
    'prints summaries as JSON',
    async () => {
      const { stdout } = await plan('app-code', ['waves', '--json']);

      expect(JSON.parse(stdout)).toEqual([
        expect.objectContaining({
          pipeline: 'waves',
          code: ['app'],
          counts: expect.objectContaining({ change: 1 }),
        }),
      ]);
    },
    TIMEOUT_MS,
  );

  test.each(['init', 'plan', 'show'])(
    "that fails in %s has Terraform's error in the comment, and exit code 1",
    async (command) => {
      const words = 'Error: the backend said no\n';
      const terraform = standInTerraform('test/fixtures/plans/none.json', { command, words });

      const { code, stdout } = await plan('none', ['waves'], { terraform });

      expect(code).toBe(1);
      expect(stdout).toContain(
        '### waves: the plan failed\n\n```\nError: the backend said no\n```',
      );
      expect(stdout).not.toContain('|');
    },
    TIMEOUT_MS,
  );

  test(
    'of code that does not bundle shows the location, without running Terraform',
    async () => {
      const root = projectRoot({ 'pipelines/waves/app.ts': 'export const = 1;\n' });

      const { code, stdout, calls } = await plan('none', ['waves'], { root });

      expect({ code, calls }).toEqual({ code: 1, calls: [] });
      expect(stdout).toContain('pipelines/waves/app.ts:1:14: Expected identifier');
    },
    TIMEOUT_MS,
  );
});

describe('a pipeline with deploy: false', () => {
  const root = projectRoot({ 'pipelines/waves/config.yaml': yamlOf({ deploy: 'false' }) });

  test(
    'is not part of --all, which says so',
    async () => {
      const { code, stdout, stderr, calls } = await plan('settings', ['--all'], { root });

      expect({ code, calls, stderr }).toEqual({
        code: 0,
        calls: [],
        stderr: 'plan: left out, because config.yaml has deploy: false: waves\n',
      });
      expect(stdout).not.toContain('### waves');
    },
    TIMEOUT_MS,
  );

  test(
    'is planned by name',
    async () => {
      const { code, stdout } = await plan('settings', ['waves'], { root });

      expect(code).toBe(2);
      expect(stdout).toContain('### waves: 5 to change');
    },
    TIMEOUT_MS,
  );

  test(
    'has its errors reported by --all, although all pipelines are left out',
    async () => {
      const yaml = yamlOf({ deploy: 'false', max_concurrency: '1' });
      const broken = projectRoot({ 'pipelines/waves/config.yaml': yaml });

      const { code, stdout } = await plan('none', ['--all'], { root: broken });

      expect(code).toBe(1);
      expect(stdout).toContain('max_concurrency: must be a whole number');
    },
    TIMEOUT_MS,
  );
});

describe('a pipeline whose topic was in another region', () => {
  const topic = (region: string) => `arn:aws:sns:${region}:214830741341:NewWaves`;
  const subscription = {
    type: 'aws_sns_topic_subscription',
    name: 'queue_subscription',
    provider: `${AWS}.topic`,
    attributes: { arn: `${topic('af-south-1')}:0a1b` },
  };

  test(
    'keeps the provider of that region after its topic was removed',
    async () => {
      const root = projectRoot({ 'demo-waves.tfstate': stateText(subscription) });

      const { stdout } = await plan('settings', ['waves'], { root });
      const { provider } = readStack(join(root, 'cdktf.out/stacks/waves'));

      expect(stdout).toContain('### waves: 5 to change');
      expect(provider['aws']).toContainEqual(
        expect.objectContaining({ alias: 'topic', region: 'af-south-1' }),
      );
    },
    TIMEOUT_MS,
  );

  test(
    'is not planned with a topic of its own region',
    async () => {
      const root = projectRoot({
        'demo-waves.tfstate': stateText(subscription),
        'pipelines/waves/config.yaml': yamlOf({ sns: topic('us-west-2') }),
      });

      const { code, stdout, calls } = await plan('settings', ['waves'], { root });

      expect({ code, calls }).toEqual({ code: 1, calls: [] });
      expect(stdout).toContain('the subscription was deployed in af-south-1');
    },
    TIMEOUT_MS,
  );
});

describe('incorrect usage has exit code 1, since 2 means changes', () => {
  test.each([
    [['nope'], /unknown pipeline "nope" \(known: waves\)/],
    [[], /missing argument <pipelines> or --all \(known: waves\)/],
    [['--jsn'], /unknown option '--jsn'/],
  ])('%j', async (args, sentence) => {
    const { code, stderr, stdout, calls } = await plan('none', args);

    expect({ code, stdout, calls }).toEqual({ code: 1, stdout: '', calls: [] });
    expect(stderr).toMatch(sentence);
  });
});

test('an error of main.ts is in the comment as a failed plan', async () => {
  const env = { ...LOCAL, PROJECT: '' };
  const { code, stdout } = await runCli('plan', ['waves'], { env, cwd: projectRoot() });

  expect(code).toBe(1);
  expect(stdout).toContain('### waves: the plan failed\n\n```\nPROJECT is not set');
});

test('the comment says if Terraform is missing', async () => {
  const env = { ...LOCAL, PATH: '/nowhere' };
  const { code, stdout } = await runCli('plan', ['waves'], { env, cwd: projectRoot() });

  expect(code).toBe(1);
  expect(stdout).toContain('terraform is not on the PATH');
});
