import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Job, readWorkflow, type Step, workflowNames, workflowText } from './workflow.js';

const NAMES = workflowNames();
const jobsOf = (name: string): [string, Job][] => Object.entries(readWorkflow(name).jobs);
const stepsOf = (name: string): Step[] => jobsOf(name).flatMap(([, { steps }]) => steps);
const assumesRole = (job: Job) =>
  job.steps.some(({ uses = '' }) => uses.includes('configure-aws-credentials'));
const roleOf = (name: string) =>
  stepsOf(name).flatMap((step) => step.with?.['role-to-assume'] ?? []);

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};

test('the workflows are apply, checks, drift, lock-providers, plan and reconcile', () => {
  expect(NAMES.sort()).toEqual(['apply', 'checks', 'drift', 'lock-providers', 'plan', 'reconcile']);
});

describe.each(NAMES)('the workflow %s', (name) => {
  test('has only keys that GitHub knows', () => {
    expect(readWorkflow(name).name).toBe(name);
  });

  test('pins every action by its commit, with the version in a comment', () => {
    const lines = workflowText(name).match(/^.*\buses: (?!\.\/).*$/gm) ?? [];

    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines)
      expect(line).toMatch(/ uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('grants no permission by default, and write access only to jobs that report', () => {
    const writes = jobsOf(name).flatMap(([, { permissions }]) =>
      Object.entries(permissions).flatMap(([scope, level]) => (level === 'write' ? [scope] : [])),
    );
    const expected: Readonly<Record<string, readonly string[]>> = {
      plan: ['id-token', 'pull-requests'],
      drift: ['id-token', 'issues'],
      reconcile: ['id-token', 'issues'],
      apply: ['id-token'],
      checks: [],
      'lock-providers': ['contents', 'pull-requests'],
    };

    expect(readWorkflow(name).permissions).toEqual({});
    expect(writes.sort()).toEqual(expected[name]);
  });

  test('requests an ID token only in jobs that assume a role, and uses no stored key', () => {
    for (const [, job] of jobsOf(name))
      expect(job.permissions['id-token'] === 'write').toBe(assumesRole(job));
    expect(workflowText(name)).not.toMatch(/secrets\.|aws-access-key-id|AWS_SECRET/);
  });

  test('runs no code of a pull request with the permissions of the base', () => {
    expect(Object.keys(readWorkflow(name).on)).not.toContain('pull_request_target');
    expect(Object.keys(readWorkflow(name).on)).not.toContain('workflow_run');
  });

  test('inserts no text of an event into a script', () => {
    for (const { run = '' } of stepsOf(name)) expect(run).not.toContain('${{');
  });

  test('persists no token in the clone, and installs packages before it has credentials', () => {
    for (const [, { steps }] of jobsOf(name)) {
      const at = (part: string) =>
        steps.findIndex(({ uses = '', run = '' }) => uses.includes(part) || run === part);
      const [credentials, install] = [at('configure-aws-credentials'), at('npm ci')];

      expect(steps[at('actions/checkout')]?.with?.['persist-credentials']).toBe(false);
      if (credentials !== -1) expect(install).toBeLessThan(credentials);
      expect(install).toBeGreaterThan(0);
    }
  });

  test('runs only npm scripts that exist', () => {
    const named = [...workflowText(name).matchAll(/npm run --silent ([\w:-]+)/g)];

    expect(named.length).toBeGreaterThan(0);
    for (const [, script = ''] of named) expect(scripts).toHaveProperty([script]);
  });
});

describe('permissions', () => {
  test('a fork gets no plan, because a plan needs credentials', () => {
    for (const [, job] of jobsOf('plan'))
      expect(job.if).toContain(
        '&& github.event.pull_request.head.repo.full_name == github.repository',
      );
  });

  test('nothing runs until the roles are configured', () => {
    const guarded = NAMES.filter((name) => name !== 'checks').flatMap((name) => {
      const { jobs, calls } = readWorkflow(name);
      const first = Object.values(jobs).filter(({ needs }) => needs === undefined);
      return [...first, ...Object.values(calls)];
    });

    expect(guarded.length).toBeGreaterThan(4);
    for (const job of guarded)
      expect(job.if).toMatch(/^\(?vars\.AWS_\w+_ROLE != '' \|\| vars\.ENVIRONMENTS != ''/);
  });

  test('the checks need no role, and run for pull requests of forks, too', () => {
    const { on, jobs } = readWorkflow('checks');

    expect(Object.keys(on)).toEqual(['pull_request', 'workflow_call', 'workflow_dispatch']);
    for (const job of Object.values(jobs)) {
      expect(job.permissions).toEqual({ contents: 'read' });
      expect(job.if).toBeUndefined();
    }
  });

  test('pull requests and schedules assume the role to plan, main assumes the role to deploy', () => {
    expect(roleOf('plan')).toEqual(['${{ vars.AWS_PLAN_ROLE }}']);
    expect(roleOf('drift')).toEqual(['${{ vars.AWS_PLAN_ROLE }}']);
    expect(roleOf('reconcile')).toEqual(['${{ vars.AWS_RECONCILE_ROLE }}']);
    expect(roleOf('apply')).toEqual(['${{ vars.AWS_DEPLOY_ROLE }}']);
    expect(readWorkflow('apply').on).toEqual({
      push: { branches: ['main'] },
      workflow_dispatch: { inputs: { data_loss: expect.objectContaining({ default: '' }) } },
    });
  });

  test('an apply job checks out the tip of its branch, so that an older push cannot undo a newer one', () => {
    const [checkout] = readWorkflow('apply').jobs['apply']?.steps ?? [];

    expect(checkout).toMatchObject({ with: { ref: '${{ github.ref_name }}' } });
  });

  test('an apply waits for types, lint, the quick tests and the system tests', () => {
    const { jobs, calls } = readWorkflow('apply');
    const runs = stepsOf('checks').flatMap(({ run }) => run ?? []);

    expect(jobs['apply']?.needs).toEqual(['affected', 'checks']);
    expect(calls['checks']?.uses).toBe('./.github/workflows/checks.yml');
    for (const part of ['run --silent check\n', 'npm test ', 'test:system ', 'npm ci'])
      expect(`${runs.join('\n')}\n`).toContain(part);
    // `if` with a function such as always() would run it after a failure.
    expect(jobs['apply']?.if).not.toContain('(');
  });

  test('each apply job applies one pipeline, its own plan, and is never cancelled', () => {
    const { apply } = readWorkflow('apply').jobs;
    const runs = apply?.steps.flatMap(({ run }) => run ?? []) ?? [];

    expect(apply?.strategy).toEqual({
      'fail-fast': false,
      matrix: { include: '${{ fromJSON(needs.affected.outputs.jobs) }}' },
    });
    expect(apply?.concurrency).toEqual({
      group: 'apply-${{ matrix.project }}-${{ matrix.pipeline }}',
      'cancel-in-progress': false,
    });
    expect(readWorkflow('apply').concurrency).toBeUndefined();
    expect(runs.at(-1)).toMatch(/^terraform .* apply .* plan\.tfplan$/);
  });
});

describe('with ENVIRONMENTS', () => {
  const ENVIRONMENTS = 'vars.ENVIRONMENTS || format(\'["{0}"]\', vars.PROJECT)';

  test.each([
    ['plan', 'plan'],
    ['drift', 'plan'],
    ['reconcile', 'reconcile'],
  ])('%s has a job for each, with the variables of its own', (name, ending) => {
    const job = readWorkflow(name).jobs[name];

    expect(job?.strategy).toEqual({
      'fail-fast': false,
      matrix: { project: `\${{ fromJSON(${ENVIRONMENTS}) }}` },
    });
    expect(job?.environment).toEqual({
      name: `\${{ vars.ENVIRONMENTS != '' && format('{0}-${ending}', matrix.project) || '' }}`,
    });
    expect(job?.env).toMatchObject({ PROJECT: '${{ matrix.project }}' });
  });

  test('reconcile compares only those that have a role for it', () => {
    const conditions = stepsOf('reconcile').map((step) => step.if ?? '');

    expect(conditions.slice(0, 3)).toEqual(['', '', '']);
    expect(new Set(conditions.slice(3))).toEqual(new Set(["vars.AWS_RECONCILE_ROLE != ''"]));
  });

  test('apply finds what is affected in each, and deploys it there', () => {
    const { affected, apply } = readWorkflow('apply').jobs;

    expect(affected?.env).toEqual({ PROJECTS: `\${{ ${ENVIRONMENTS} }}` });
    expect(affected?.outputs).toEqual({ jobs: '${{ steps.affected.outputs.jobs }}' });
    expect(apply?.environment).toEqual({
      name: "${{ vars.ENVIRONMENTS != '' && matrix.project || '' }}",
    });
    expect(apply?.env).toMatchObject({ PROJECT: '${{ matrix.project }}' });
  });
});
