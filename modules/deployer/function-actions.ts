import { of, TAGS, when, withBoundary } from './resource-actions.js';
import type { ActionCondition, ResourceActions } from './resource-actions.js';

/**
 * Sets the boundary of a role. The action that removes a boundary is left out on purpose.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export const SET_BOUNDARY = 'PutRolePermissionsBoundary';

/** The services that run as roles of a stack. */
const PASSED_TO: ActionCondition = {
  test: 'StringEquals',
  key: 'iam:PassedToService',
  values: ['lambda.amazonaws.com', 'scheduler.amazonaws.com'],
};

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
const OWN_FUNCTION: ActionCondition = {
  test: 'ArnLike',
  key: 'lambda:FunctionArn',
  values: ['functions'],
};

/** Actions by resource type: functions, their roles and their triggers. */
export const FUNCTION_ACTIONS: Readonly<Record<string, readonly ResourceActions[]>> = {
  aws_iam_role: [
    of(
      'iam',
      ['roles'],
      [
        ...['GetRole', 'DeleteRole'],
        ...['UpdateAssumeRolePolicy', 'TagRole', 'UntagRole'],
        ...['ListRolePolicies', 'ListAttachedRolePolicies', 'ListInstanceProfilesForRole'],
      ],
    ),
    withBoundary(of('iam', ['roles'], ['CreateRole', SET_BOUNDARY])),
    when(PASSED_TO, of('iam', ['roles'], ['PassRole'])),
  ],
  aws_iam_role_policy: [
    of('iam', ['roles'], ['GetRolePolicy']),
    withBoundary(of('iam', ['roles'], ['PutRolePolicy', 'DeleteRolePolicy'])),
  ],
  // The id of a mapping is random. CreateEventSourceMapping supports no resource-level permissions.
  aws_lambda_event_source_mapping: [
    when(OWN_FUNCTION, of('lambda', ['everything'], ['CreateEventSourceMapping'])),
    when(
      OWN_FUNCTION,
      of(
        'lambda',
        ['eventSourceMappings'],
        ['Get', 'Update', 'Delete'].map((verb) => `${verb}EventSourceMapping`),
      ),
    ),
    of('lambda', ['eventSourceMappings'], [...TAGS, 'ListTags']),
  ],
  aws_lambda_function: [
    of(
      'lambda',
      ['functions'],
      [
        ...['CreateFunction', 'DeleteFunction', 'GetFunction', 'GetFunctionCodeSigningConfig'],
        ...['UpdateFunctionCode', 'UpdateFunctionConfiguration', 'ListVersionsByFunction'],
        ...TAGS,
        'ListTags',
      ],
    ),
  ],
  aws_lambda_function_event_invoke_config: [
    of(
      'lambda',
      ['functions'],
      [
        'PutFunctionEventInvokeConfig',
        'GetFunctionEventInvokeConfig',
        'UpdateFunctionEventInvokeConfig',
        'DeleteFunctionEventInvokeConfig',
      ],
    ),
  ],
  aws_lambda_function_recursion_config: [
    of('lambda', ['functions'], ['PutFunctionRecursionConfig', 'GetFunctionRecursionConfig']),
  ],
  aws_lambda_invocation: [of('lambda', ['functions'], ['InvokeFunction'])],
};
