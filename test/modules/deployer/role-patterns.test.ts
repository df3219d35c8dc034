import { expect, test } from '@jest/globals';
import { ACTIONS } from '../../../modules/deployer/actions.js';
import { MAX_MANAGED_POLICY_CHARACTERS } from '../../../modules/deployer/policy.js';
import { narrowPolicy } from '../../../modules/deployer/role-patterns.js';

/** Stacks with every type of resource and the given roles. */
function narrowed(roles: readonly string[], pipelines: readonly string[]) {
  const resource = {
    ...Object.fromEntries(Object.keys(ACTIONS).map((type) => [type, {}])),
    aws_iam_role: Object.fromEntries(roles.map((name) => [name, { name }])),
  };
  const { policy, note } = narrowPolicy([{ resource }], {
    partition: 'aws',
    account: '123456789012',
    project: 'demo',
    stateBucket: 'demo-terraform-state',
    topics: [],
    pipelines,
  });
  expect(JSON.stringify(policy).length).toBeLessThanOrEqual(MAX_MANAGED_POLICY_CHARACTERS);
  const passing = policy.Statement.find(({ Action }) => Action?.includes('iam:PassRole'));
  const names = passing?.Resource.map((arn) => arn.replace('arn:aws:iam::123456789012:role/', ''));
  return { names, note };
}

const FUNCTIONS = ['app', 'collection', 'historic', 'schedules'];
const rolesOfPipeline = (id: string) => FUNCTIONS.map((name) => `demo-${id}-${name}`);

test('roles that fit into a managed policy are named', () => {
  const roles = rolesOfPipeline('waves');

  expect(narrowed(roles, ['waves'])).toEqual({ names: roles, note: undefined });
});

test('those of more pipelines are allowed by pipeline, not those of demo-prod', () => {
  const ids = ['sentinel1', 'sentinel2', 'waves'];

  expect(narrowed(ids.flatMap(rolesOfPipeline), ids)).toEqual({
    names: ['demo-sentinel1-*', 'demo-sentinel2-*', 'demo-waves-*'],
    note: expect.stringContaining('it allows role/demo-sentinel1-*, role/demo-sentinel2-*, role/'),
  });
});

test('a shortened name without the prefix of its pipeline stays as it is', () => {
  const ids = ['sentinel1', 'sentinel2', 'waves'];
  const { names } = narrowed([...ids.flatMap(rolesOfPipeline), 'demo-tid-0123abcd'], ids);

  expect(names).toContain('demo-tid-0123abcd');
});

test('those of very many pipelines are allowed by project', () => {
  const ids = Array.from({ length: 60 }, (_, index) => `pipeline_${index}`);

  expect(narrowed(ids.flatMap(rolesOfPipeline), ids)).toEqual({
    names: ['demo-*'],
    note: expect.stringContaining('it allows role/demo-*, which includes'),
  });
});
