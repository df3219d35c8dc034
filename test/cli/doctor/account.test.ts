import { IAMClient, GetRoleCommand, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { credentials, quotas } from '../../../cli/doctor/account.js';
import { permissions } from '../../../cli/doctor/permissions.js';
import { doctorSubject } from '../../../cli/doctor/subject.js';
import { alarmTopic, topic } from '../../../cli/doctor/topic.js';
import { ACCOUNT, ARN, awsError, subjectOf, verdicts } from './subject.js';

const sts = mockClient(STSClient);
const lambda = mockClient(LambdaClient);
const sns = mockClient(SNSClient);
const iam = mockClient(IAMClient);

beforeEach(() => {
  for (const client of [sts, lambda, sns, iam]) client.reset();
});

describe('credentials', () => {
  const check = () => {
    const { pipeline, project, env, root } = subjectOf();
    return verdicts(credentials, doctorSubject({ pipeline, project, env, root }));
  };

  test('of the account of the deployment are fine', async () => {
    sts.on(GetCallerIdentityCommand).resolves({ Arn: ARN, Account: ACCOUNT });

    expect(await check()).toEqual([{ state: 'fine', says: `${ARN} in eu-central-1` }]);
  });

  test('of another account are wrong', async () => {
    sts.on(GetCallerIdentityCommand).resolves({ Arn: 'arn:x', Account: '999999999999' });

    expect(await check()).toMatchObject([
      { state: 'wrong', says: expect.stringContaining('account 999999999999') as unknown },
    ]);
  });

  test.each([
    [awsError('ExpiredToken', 403), 'sign in'],
    [awsError('InvalidClientTokenId', 403), 'enable the region eu-central-1'],
    [
      Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' }),
      'AWS_PROFILE',
    ],
    [new Error('connect ECONNREFUSED'), 'check the network'],
  ])('that give %s are wrong, with what to do', async (error, remedy) => {
    sts.on(GetCallerIdentityCommand).rejects(error);

    expect(await check()).toMatchObject([
      {
        state: 'wrong',
        says: expect.stringContaining(error.message) as unknown,
        remedy: expect.stringContaining(remedy) as unknown,
      },
    ]);
  });
});

describe('the concurrency of Lambda', () => {
  test.each([
    [1000, 'fine'],
    [14, 'fine'],
    [13, 'wrong'],
  ])('of %i for ten batches and four other functions is %s', async (limit, state) => {
    lambda
      .on(GetAccountSettingsCommand)
      .resolves({ AccountLimit: { UnreservedConcurrentExecutions: limit } });

    expect(await verdicts(quotas, subjectOf({ max_concurrency: 10 }))).toMatchObject([{ state }]);
  });

  test('that may not be read is not checked; one that cannot be read is wrong', async () => {
    lambda
      .on(GetAccountSettingsCommand)
      .rejectsOnce(awsError('AccessDeniedException', 403))
      .rejectsOnce(new Error('timed out'));

    expect(await verdicts(quotas, subjectOf())).toMatchObject([{ state: 'not checked' }]);
    expect(await verdicts(quotas, subjectOf())).toMatchObject([{ state: 'wrong' }]);
  });
});

describe('a topic', () => {
  const SNS = 'arn:aws:sns:eu-central-1:214830741341:SentinelS1L1C';
  const check = () => verdicts(topic, subjectOf({ sns: SNS }));

  test('that exists is fine', async () => {
    sns.on(GetTopicAttributesCommand).resolves({ Attributes: {} });

    expect(await check()).toEqual([{ state: 'fine', says: `${SNS} exists` }]);
  });

  test.each([
    [awsError('NotFoundException', 404), 'wrong', 'does not exist'],
    [awsError('AuthorizationErrorException', 403), 'not checked', 'its owner does not show it'],
    [awsError('InvalidClientTokenIdException', 403), 'wrong', 'does not know your credentials'],
    [new Error('getaddrinfo ENOTFOUND'), 'wrong', 'could not be asked about'],
  ])('that gives %s is %s', async (error, state, says) => {
    sns.on(GetTopicAttributesCommand).rejects(error);

    expect(await check()).toMatchObject([
      { state, says: expect.stringContaining(says) as unknown },
    ]);
  });

  test('that the config does not have is not needed', async () => {
    expect(await verdicts(alarmTopic, subjectOf())).toEqual([
      { state: 'not needed', says: 'alarm_topic_arn is not set' },
    ]);
  });
});

describe('permissions', () => {
  const allowed = (names: readonly string[] = [], but: Readonly<Record<string, object>> = {}) => ({
    EvaluationResults: names.map((EvalActionName) => ({
      EvalActionName,
      EvalDecision: 'allowed' as const,
      ...but[EvalActionName],
    })),
  });
  const answer = (but: Readonly<Record<string, object>> = {}): void => {
    iam
      .on(SimulatePrincipalPolicyCommand)
      .callsFake(({ ActionNames }: { readonly ActionNames: readonly string[] }) =>
        allowed(ActionNames, but),
      );
  };

  test('that allow everything are fine, and everything was simulated', async () => {
    answer();

    expect(await verdicts(permissions, subjectOf())).toEqual([
      { state: 'fine', says: `${ARN} may do all that a deployment does` },
    ]);
    const calls = iam.commandCalls(SimulatePrincipalPolicyCommand).map(({ args }) => args[0].input);
    const actions = calls.flatMap(({ ActionNames = [] }) => ActionNames);
    for (const action of [
      'lambda:CreateFunction',
      'sqs:CreateQueue',
      'sns:Subscribe',
      's3:PutObject',
      'iam:PassRole',
      'athena:CreateWorkGroup',
    ])
      expect(actions).toContain(action);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(actions).not.toContain('iam:PutRolePermissionsBoundary');
    const passes = calls.find(({ ActionNames = [] }) => ActionNames.includes('iam:PassRole'));
    expect(passes?.ResourceArns).toEqual([`arn:aws:iam::${ACCOUNT}:role/demo-waves-app`]);
    expect(passes?.ContextEntries).toContainEqual({
      ContextKeyName: 'iam:PassedToService',
      ContextKeyValues: ['lambda.amazonaws.com'],
      ContextKeyType: 'string',
    });
  });

  test.each([
    [
      { EvalDecision: 'implicitDeny' },
      'sqs:CreateQueue on arn:aws:sqs:eu-central-1:123456789012:demo-waves-granules',
    ],
    [{ EvalDecision: 'explicitDeny' }, '(denied explicitly)'],
    [
      {
        EvalDecision: 'implicitDeny',
        OrganizationsDecisionDetail: { AllowedByOrganizations: false },
      },
      'by a policy of the organization',
    ],
    [
      {
        EvalDecision: 'implicitDeny',
        PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
      },
      'by the permissions boundary',
    ],
    [
      { EvalDecision: 'implicitDeny', MissingContextValues: ['aws:MultiFactorAuthPresent'] },
      'without aws:MultiFactorAuthPresent',
    ],
  ])('that deny by %o are wrong, with the action and the resource', async (decision, says) => {
    answer({ 'sqs:CreateQueue': decision });

    expect(await verdicts(permissions, subjectOf())).toMatchObject([
      { state: 'wrong', says: expect.stringContaining(says) as unknown },
    ]);
  });

  test('of a session are those of its role, with its path if IAM tells it', async () => {
    answer();
    const session = { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/ann`, account: ACCOUNT };
    const check = () =>
      verdicts(permissions, subjectOf({}, { identity: () => Promise.resolve(session) }));
    const used = () =>
      iam.commandCalls(SimulatePrincipalPolicyCommand).at(-1)?.args[0].input.PolicySourceArn;

    iam.on(GetRoleCommand).rejects(awsError('AccessDenied', 403));
    await check();
    expect(used()).toBe(`arn:aws:iam::${ACCOUNT}:role/Admin`);

    const Arn = `arn:aws:iam::${ACCOUNT}:role/sso/Admin`;
    iam.on(GetRoleCommand).resolves({
      Role: { Arn, Path: '/sso/', RoleName: 'Admin', RoleId: 'x', CreateDate: new Date(0) },
    });
    await check();
    expect(used()).toBe(Arn);
  });

  test('that may not be simulated are not checked', async () => {
    iam.on(SimulatePrincipalPolicyCommand).rejects(awsError('AccessDenied', 403));

    expect(await verdicts(permissions, subjectOf())).toMatchObject([
      { state: 'not checked', says: expect.stringContaining('npm run deployer-policy') as unknown },
    ]);
  });

  test.each([
    [`arn:aws:iam::${ACCOUNT}:root`, 'fine'],
    [`arn:aws:sts::${ACCOUNT}:federated-user/ann`, 'not checked'],
  ])('of %s are %s', async (arn, state) => {
    const identity = () => Promise.resolve({ arn, account: ACCOUNT });

    expect(await verdicts(permissions, subjectOf({}, { identity }))).toMatchObject([{ state }]);
  });

  test('of a pipeline without an inventory and a topic need neither Athena nor SNS', async () => {
    answer();

    await verdicts(permissions, subjectOf({ inventory_location: undefined, sns: undefined }));

    const actions = iam
      .commandCalls(SimulatePrincipalPolicyCommand)
      .flatMap(({ args }) => args[0].input.ActionNames ?? []);
    expect(actions.filter((action) => /^(?:athena|glue|sns):/.test(action))).toEqual([]);
    expect(actions).toContain('lambda:CreateFunction');
  });
});
