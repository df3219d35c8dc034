import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ACTIONS } from '../../../modules/deployer/actions.js';
import { deployerPolicy, topicsOf } from '../../../modules/deployer/policy.js';
import { synthesize } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const FILE = 'docs/deployer-policy.json';
/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_MANAGED_POLICY_CHARACTERS = 6144;

const stacks = Object.values(MATRIX).map((fields) => synthesize(fields));

/** The documented policy, with placeholders in capitals. */
const documented = deployerPolicy(stacks, {
  partition: 'aws',
  account: 'ACCOUNT',
  project: 'PROJECT',
  stateBucket: 'STATE_BUCKET',
  topics: ['TOPIC_ARN'],
});

describe('the deployer', () => {
  test(`needs the permissions in ${FILE} for every resource that a stack can have`, () => {
    const text = `${JSON.stringify(documented, undefined, 2)}\n`;
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(FILE, text);
    // If it differs: UPDATE_DOCS=1 npm test -- test/modules/deployer/policy.test.ts
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(documented);
  });

  test('has a policy that fits into one managed policy', () => {
    const longest = deployerPolicy(stacks, {
      partition: 'aws-us-gov',
      account: '123456789012',
      project: 'p'.repeat(20),
      stateBucket: 'b'.repeat(63),
      topics: topicsOf(stacks),
    });
    expect(JSON.stringify(longest).length).toBeLessThanOrEqual(MAX_MANAGED_POLICY_CHARACTERS);
  });

  test('has actions for every resource type of a stack, and for no other', () => {
    const types = new Set(stacks.flatMap(({ resource }) => Object.keys(resource)));
    expect(Object.keys(ACTIONS).sort()).toEqual([...types].sort());
  });

  test('is refused a policy for a type whose actions are not known', () => {
    const unknown = { resource: { aws_mystery: { one: {} } } };
    expect(() => deployerPolicy([unknown], { ...DEPLOYER })).toThrow(
      'the actions to deploy aws_mystery are not known: add them to modules/deployer/actions.ts',
    );
  });

  test('may change only resources whose name has the project', () => {
    const open = documented.Statement.filter(
      ({ Resource }) => !Resource.join().includes('PROJECT'),
    );
    expect(open.map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:logs:*:ACCOUNT:log-group:*'],
      ['arn:aws:cloudwatch:*:ACCOUNT:alarm:*'],
      ['*'],
      ['TOPIC_ARN'],
      ['arn:aws:s3:::STATE_BUCKET'],
    ]);
  });

  test('may subscribe to the topics of the stacks', () => {
    expect(topicsOf(stacks)).toEqual([
      'arn:aws:sns:eu-central-1:214830741341:NewWaves',
      'arn:aws:sns:us-west-2:214830741341:NewWaves',
    ]);
  });
});

const DEPLOYER = { partition: 'aws', account: '1', project: 'p', stateBucket: 's', topics: [] };
