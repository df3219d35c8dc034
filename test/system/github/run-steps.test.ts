import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AWS_ENV } from '../../support/cli/run-cli.js';
import { commitAll, git, gitProject, writeFiles } from '../../support/cli/project-root.js';
import { DATA, stateText } from '../../support/cli/state-fixture.js';
import { standInTerraform } from '../../support/cli/stand-in-terraform.js';
import { yamlOf } from '../../support/stacks/config-folder.js';
import { type GithubServer, startGithubServer } from './github-server.js';
import { runSteps } from './run-steps.js';
import { readWorkflow } from './workflow.js';

// Runs the steps of the workflows, in order, in a repository with its own history. A fake Terraform prints recorded
// plans.

const TIMEOUT_MS = 180_000;
const pipeline = (id: string) => ({
  [`pipelines/${id}/config.yaml`]: yamlOf({ id }),
  [`pipelines/${id}/app.ts`]: 'export const handler = () => 1;\n',
  [`pipelines/${id}/collection.ts`]: 'export const handler = () => 2;\n',
});

let github: GithubServer;
let root: string;

beforeAll(async () => {
  github = await startGithubServer();
  root = gitProject({ ...pipeline('waves'), ...pipeline('tides') }, ['cli', 'local']);
  git(root, 'checkout', '--quiet', '-b', 'change');
  changeConfig('waves', 'compute: awslambda', 'compute: awslambda\ntimeout_seconds: 90');
  merge();
}, TIMEOUT_MS);

afterAll(async () => {
  await github.close();
  rmSync(root, { recursive: true, force: true });
});

function changeConfig(id: string, from: string, to: string): void {
  const file = join(root, 'pipelines', id, 'config.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  commitAll(root);
}

/** Checks a pull request out as GitHub does: the merge commit, whose first parent is the base. */
function merge(): void {
  const branch = git(root, 'rev-parse', 'HEAD').trim();
  git(root, 'checkout', '--quiet', '--detach', 'change~1');
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  git(root, ...who, 'merge', '--quiet', '--no-ff', '-m', 'merge', branch);
}

interface Run {
  readonly values?: Readonly<Record<string, string>>;
  /** Name of the recorded plan that the fake Terraform prints. */
  readonly recorded?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function run(
  workflow: string,
  job: string,
  { values = {}, recorded = 'none', env = {} }: Run = {},
) {
  const terraform = standInTerraform(`test/fixtures/plans/${recorded}.json`);
  const found = readWorkflow(workflow).jobs[job];
  if (!found) throw new Error(`no job ${job}`);
  const outcome = await runSteps(found, {
    cwd: root,
    env: {
      ...AWS_ENV,
      LOCAL_STATE: '1',
      ...github.env,
      PATH: `${terraform.folder}:${process.env['PATH'] ?? ''}`,
      PIPELINE: 'waves',
      ...env,
    },
    values: { 'github.token': 'token', ...values },
    without: ['Install'],
  });
  return { ...outcome, calls: terraform.calls() };
}

const PULL_REQUEST = { values: { 'github.event.pull_request.number': '7' } };

describe('the steps of plan.yml', () => {
  test(
    'post the plan of the changed pipeline as one comment',
    async () => {
      const first = await run('plan', 'plan', { ...PULL_REQUEST, recorded: 'settings' });
      const second = await run('plan', 'plan', { ...PULL_REQUEST, recorded: 'table-replaced' });

      expect(first.codes).toEqual({ 'Find affected pipelines': 0, Plan: 0, Comment: 0 });
      expect(first.summary).toContain('### waves: 5 to change');
      expect(first.summary).not.toContain('tides');
      expect(github.comments).toHaveLength(1);
      expect(github.comments[0]?.body).toContain('**Data loss: `aws_dynamodb_table.table`');
      expect(second.codes).toEqual(first.codes);
    },
    TIMEOUT_MS,
  );

  test(
    'put a config error into the comment, and fail',
    async () => {
      const before = git(root, 'rev-parse', 'HEAD').trim();
      changeConfig('waves', 'timeout_seconds: 90', 'timeout_seconds: 9000');

      const { codes } = await run('plan', 'plan', PULL_REQUEST);
      git(root, 'reset', '--quiet', '--hard', before);

      expect(codes).toMatchObject({ Plan: 0, Comment: 0, 'Fail if a plan failed': 1 });
      expect(github.comments).toHaveLength(1);
      expect(github.comments[0]?.body).toMatch(
        /waves: the plan failed[^]*timeout_seconds: must be/,
      );
    },
    TIMEOUT_MS,
  );
});

describe('a pipeline whose folder is removed', () => {
  test(
    'is named in the comment of that pull request, as its stack stays deployed',
    async () => {
      const before = git(root, 'rev-parse', 'HEAD').trim();
      rmSync(join(root, 'pipelines', 'tides'), { recursive: true });
      commitAll(root);
      merge();
      writeFileSync(join(root, 'demo-tides.tfstate'), stateText(DATA));

      const { codes } = await run('plan', 'plan', PULL_REQUEST);
      rmSync(join(root, 'demo-tides.tfstate'));
      git(root, 'reset', '--quiet', '--hard', before);

      expect(codes).toEqual({ 'Find affected pipelines': 0, Plan: 0, Comment: 0 });
      expect(github.comments).toHaveLength(1);
      expect(github.comments[0]?.body).toContain('### tides: no folder, but still deployed');
      expect(github.comments[0]?.body).toContain('`npm run destroy -- tides`');
    },
    TIMEOUT_MS,
  );
});

const GATE = 'Stop if data would be deleted without approval';

/** Runs the apply of a recorded plan. @param dataLoss the input of a run by hand */
function apply(recorded: string, dataLoss = '') {
  return run('apply', 'apply', { recorded, values: { 'inputs.data_loss': dataLoss } });
}

describe('the steps of apply.yml', () => {
  test(
    'find the pipelines that the push changed, and apply the plan of each',
    async () => {
      const push = { values: { 'github.event.before': 'HEAD^1' } };
      const found = await run('apply', 'affected', push);
      const { codes, calls } = await apply('settings');

      expect(found.codes).toEqual({ 'Find affected pipelines': 0 });
      expect(codes).toEqual({ Plan: 0, [GATE]: 0, 'Apply the plan': 0 });
      expect(calls.at(-1)).toBe('waves: apply -input=false -no-color plan.tfplan');
    },
    TIMEOUT_MS,
  );

  test(
    'apply nothing if the plan has no changes',
    async () => {
      const { codes, calls } = await apply('none');

      expect(codes).toEqual({ Plan: 0 });
      expect(calls.join()).not.toContain('apply');
    },
    TIMEOUT_MS,
  );

  test(
    'stop before data is deleted, and say what would be lost and how to approve it',
    async () => {
      const head = git(root, 'rev-parse', 'HEAD').trim();
      const pull = { number: 7, merged_at: '2026-11-29T12:00:00Z', labels: [{ name: 'ready' }] };
      github.pulls.push({ ...pull, merged_at: null, labels: [{ name: 'data-loss-approved' }] });
      const direct = await apply('table-replaced');
      github.pulls.push(pull);
      const merged = await apply('table-replaced');

      for (const { codes, calls } of [direct, merged]) {
        expect(codes).toEqual({ Plan: 0, [GATE]: 1 });
        expect(calls.join()).not.toContain('apply');
      }
      const lost = 'this apply would delete data of waves (aws_dynamodb_table.table)';
      expect(direct.log).toContain(
        `${lost}, so it stops here; nothing is changed. No merged pull request brought ${head}`,
      );
      expect(merged.log).toContain(
        `${lost}, so it stops here; nothing is changed. If it is meant, give #7 the label data-loss-approved and run this job again, ` +
          'or run the workflow by hand with data_loss: waves',
      );
      expect(github.requests()).toContain(
        `GET /repos/octo-org/octo-repo/commits/${head}/pulls?per_page=100&page=1`,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'delete data if the merged pull request has the label, or the pipeline is named by hand',
    async () => {
      github.pulls.splice(0);
      const named = await apply('table-replaced', 'tides waves');
      const other = await apply('table-replaced', 'tides');
      const labels = [{ name: 'data-loss-approved' }];
      github.pulls.push({ number: 7, merged_at: '2026-11-29T12:00:00Z', labels });
      const labelled = await apply('table-replaced');

      for (const { codes } of [named, labelled])
        expect(codes).toEqual({ Plan: 0, [GATE]: 0, 'Apply the plan': 0 });
      expect(other.codes).toEqual({ Plan: 0, [GATE]: 1 });
    },
    TIMEOUT_MS,
  );
});

describe('the steps of drift.yml', () => {
  test(
    'open one issue, and close it when there is no drift any more',
    async () => {
      await run('drift', 'drift', { recorded: 'settings' });
      await run('drift', 'drift', { recorded: 'no-topic' });
      expect(github.issues).toHaveLength(1);
      expect(github.issues[0]?.body).toContain('aws_sns_topic_subscription.queue_subscription');

      const { codes } = await run('drift', 'drift');

      expect(codes).toEqual({ 'Plan all pipelines': 0, 'Update the issue': 0 });
      expect(github.issues).toEqual([expect.objectContaining({ state: 'closed' })]);
    },
    TIMEOUT_MS,
  );

  test(
    'report a deployed stack without a folder until it is destroyed',
    async () => {
      const state = join(root, 'demo-storms.tfstate');
      writeFileSync(state, stateText(DATA));
      await run('drift', 'drift');
      expect(github.issues.at(-1)).toMatchObject({
        title: 'Drift: what is deployed differs from main',
        body: expect.stringContaining('### storms: no folder, but still deployed'),
      });

      writeFileSync(state, stateText());
      await run('drift', 'drift');
      rmSync(state);

      expect(github.issues.at(-1)).toMatchObject({ state: 'closed' });
    },
    TIMEOUT_MS,
  );
});

describe('with environments', () => {
  const target = (name: string): string => `ingestor_url: https://${name}.example.com\n`;

  beforeAll(() => {
    github.comments.splice(0);
    github.pulls.splice(0);
    git(root, 'checkout', '--quiet', '-B', 'change');
    writeFiles(root, {
      'environments/dev.yaml': target('dev'),
      'environments/prod.yaml': target('prod'),
    });
    commitAll(root);
    writeFiles(root, {
      'environments/dev.yaml': `${target('dev')}pipelines: { tides: { memory_mb: 1024 } }\n`,
    });
    commitAll(root);
    merge();
  });

  test(
    'a pull request gets the plan of each as a comment of its own',
    async () => {
      const env = (PROJECT: string) => ({ PROJECT, ENVIRONMENTS: '["dev","prod"]' });
      const dev = await run('plan', 'plan', {
        ...PULL_REQUEST,
        recorded: 'settings',
        env: env('dev'),
      });
      const prod = await run('plan', 'plan', {
        ...PULL_REQUEST,
        recorded: 'settings',
        env: env('prod'),
      });

      for (const { codes } of [dev, prod])
        expect(codes).toEqual({ 'Find affected pipelines': 0, Plan: 0, Comment: 0 });
      expect(github.comments.map(({ body }) => body.trim().split('\n').slice(0, 4))).toEqual([
        [
          expect.stringContaining('plan dev'),
          '## Plan of dev: 1 pipeline would change',
          '',
          '### tides: 5 to change',
        ],
        [expect.stringContaining('plan prod'), '## Plan of prod: no pipelines are affected'],
      ]);
    },
    2 * TIMEOUT_MS,
  );

  test(
    'a push is applied in those that it changes, and the approval may name one of them',
    async () => {
      const env = { PROJECTS: '["dev","prod"]', PROJECT: 'dev', ENVIRONMENTS: '["dev","prod"]' };
      const values = { 'github.event.before': 'HEAD^1' };
      const found = await run('apply', 'affected', { values, env });
      const [one, other] = [
        await run('apply', 'apply', {
          recorded: 'table-replaced',
          values: { 'inputs.data_loss': 'dev/waves' },
          env,
        }),
        await run('apply', 'apply', {
          recorded: 'table-replaced',
          values: { 'inputs.data_loss': 'prod/waves' },
          env,
        }),
      ];

      expect(JSON.parse(found.outputs['steps.affected.outputs.jobs'] ?? '')).toEqual([
        { project: 'dev', pipeline: 'tides' },
      ]);
      expect(one.codes).toMatchObject({ [GATE]: 0, 'Apply the plan': 0 });
      expect(other.codes).toEqual({ Plan: 0, [GATE]: 1 });
      expect(other.log).toContain('run the workflow by hand with data_loss: dev/waves');
    },
    2 * TIMEOUT_MS,
  );
});
