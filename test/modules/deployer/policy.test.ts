import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ACTIONS } from '../../../modules/deployer/actions.js';
import {
  deployerPolicy,
  MAX_MANAGED_POLICY_CHARACTERS,
  rolesOf,
  topicsOf,
} from '../../../modules/deployer/policy.js';
import type { Statement } from '../../../modules/deployer/policy.js';
import { synthesize } from '../../support/stacks/stack-kit.js';
import { MATRIX } from '../../support/stacks/stack-matrix.js';

const FILE = 'docs/deployer-policy.json';

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
      ['arn:aws:lambda:*:ACCOUNT:event-source-mapping:*'],
      ['arn:aws:lambda:*:ACCOUNT:event-source-mapping:*'],
      ['TOPIC_ARN'],
      ['*'],
      ['arn:aws:s3:::STATE_BUCKET'],
      ['arn:aws:s3:::STATE_BUCKET', 'arn:aws:s3:::STATE_BUCKET/*'],
    ]);
  });

  test('may create and change mappings of its own functions only', () => {
    const mapping = statementsWith(
      'lambda:CreateEventSourceMapping',
      'lambda:UpdateEventSourceMapping',
    );

    expect(mapping.map(({ Condition }) => Condition)).toEqual([OWN_FUNCTIONS, OWN_FUNCTIONS]);
  });

  test('may pass roles to Lambda and EventBridge Scheduler only', () => {
    expect(statementsWith('iam:PassRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: ['arn:aws:iam::ACCOUNT:role/PROJECT-*'],
        Condition: {
          StringEquals: {
            'iam:PassedToService': ['lambda.amazonaws.com', 'scheduler.amazonaws.com'],
          },
        },
      },
    ]);
  });

  test('may only make and change roles with the given permissions boundary, and never remove it', () => {
    const bounded = deployerPolicy(stacks, { ...DEPLOYER, permissionsBoundaries: [BOUNDARY] });
    const actions = [
      'iam:CreateRole',
      'iam:DeleteRolePolicy',
      'iam:PutRolePermissionsBoundary',
      'iam:PutRolePolicy',
    ];

    expect(statementsWith(...actions).filter(({ Condition }) => Condition !== undefined)).toEqual(
      [],
    );
    const inBoundary = bounded.Statement.filter(({ Action }) => Action?.includes('iam:CreateRole'));
    expect(inBoundary).toMatchObject([
      {
        Action: actions,
        Condition: { StringEquals: { 'iam:PermissionsBoundary': [BOUNDARY] } },
      },
    ]);
    const elsewhere = bounded.Statement.filter((statement) => !inBoundary.includes(statement));
    expect(elsewhere.flatMap(({ Action = [] }) => Action)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/CreateRole|(Put|Delete)RolePolicy|Boundary/)]),
    );
    expect(JSON.stringify(bounded)).not.toContain('DeleteRolePermissionsBoundary');
  });

  test.each(['p-states', 'p-waves-results-1', 'states'])(
    'may do nothing with the state bucket %s but read and write states',
    (stateBucket) => {
      const policy = deployerPolicy(stacks, { ...DEPLOYER, stateBucket });
      const denied = (action: string, arn: string) =>
        policy.Statement.some(
          ({ Effect, NotAction = [], Resource }) =>
            Effect === 'Deny' &&
            !NotAction.includes(action) &&
            Resource.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(arn)),
        );
      const bucket = `arn:aws:s3:::${stateBucket}`;

      expect(denied('s3:DeleteBucket', bucket)).toBe(true);
      expect(denied('s3:PutLifecycleConfiguration', bucket)).toBe(true);
      expect(denied('s3:DeleteObjectVersion', `${bucket}/p/waves.tfstate`)).toBe(true);
      expect(denied('s3:GetObject', `${bucket}/p/waves.tfstate`)).toBe(false);
      expect(denied('s3:DeleteBucket', 'arn:aws:s3:::p-tides-results-1')).toBe(false);
    },
  );

  test('may change exactly the given roles, so that a project whose name begins with this one is out of reach', () => {
    const roles = rolesOf([synthesize({ verify_ingestion: 'true' })]);
    const policy = deployerPolicy(stacks, { ...DEPLOYER, roles });
    const resources = policy.Statement.flatMap(({ Resource }) => Resource);

    expect(roles).toEqual([
      'demo-waves-app',
      'demo-waves-breaker',
      'demo-waves-collection',
      'demo-waves-schedules',
      'demo-waves-verify',
    ]);
    expect(new Set(resources.filter((arn) => arn.includes(':role/')))).toEqual(
      new Set(roles.map((role) => `arn:aws:iam::1:role/${role}`)),
    );
  });

  test('may subscribe to the topics of the stacks', () => {
    expect(topicsOf(stacks)).toEqual([
      'arn:aws:sns:eu-central-1:214830741341:NewWaves',
      'arn:aws:sns:us-west-2:214830741341:NewWaves',
    ]);
  });
});

const BOUNDARY = 'arn:aws:iam::1:policy/limits';
const OWN_FUNCTIONS = {
  ArnLike: { 'lambda:FunctionArn': ['arn:aws:lambda:*:ACCOUNT:function:PROJECT-*'] },
};

/** The statements of the documented policy with one of these actions. */
function statementsWith(...actions: readonly string[]): readonly Statement[] {
  return documented.Statement.filter(({ Action = [] }) =>
    Action.some((action) => actions.includes(action)),
  );
}

const DEPLOYER = { partition: 'aws', account: '1', project: 'p', stateBucket: 's', topics: [] };
