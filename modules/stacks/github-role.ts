import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { SELF } from '../constructs/base-stack.js';
import { Policy } from '../constructs/policy.js';
import type { PolicyDocument, Statement } from '../deployer/policy.js';

interface GithubRoleProps {
  readonly name: string;
  readonly description: string;
  readonly providerArn: string;
  /** Host of the identity provider, which prefixes the names of its claims. */
  readonly issuer: string;
  /** Claims `sub` that may assume the role, for example `repo:owner/name:pull_request`. */
  readonly subjects: readonly string[];
  readonly policy: PolicyDocument;
  /** ARN of the policy that limits what the role may do, or a reference that may be null. */
  readonly boundary: string;
  /** @default one hour, as IAM has it */
  readonly maxSessionSeconds?: number;
}

/** A deployer may change roles that match `role/<project>-*`. With this path no role of this stack does. */
const PATH = '/github/';

/**
 * A role for the workflows of a repository.
 *
 * Resources: `aws_iam_role` and `aws_iam_role_policy`.
 */
export class GithubRole extends Construct {
  readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    { name, description, policy, boundary, maxSessionSeconds, ...trusted }: GithubRoleProps,
  ) {
    super(scope, id);
    const role = new IamRole(this, SELF, {
      name,
      description,
      path: PATH,
      assumeRolePolicy: this.trust(trusted).json,
      permissionsBoundary: boundary,
      ...(maxSessionSeconds !== undefined && { maxSessionDuration: maxSessionSeconds }),
    });
    this.arn = role.arn;
    const document = new Policy(this, 'policy-document');
    for (const [index, statement] of policy.Statement.entries())
      addStatement(document, { ...statement, Sid: `Part${index + 1}` });
    new IamRolePolicy(this, 'policy', { name: 'policy', role: role.name, policy: document.json });
  }

  /** StringEquals, not StringLike, so that a wildcard in a variable cannot admit another branch or repository. */
  private trust({
    providerArn,
    issuer,
    subjects,
  }: Pick<GithubRoleProps, 'providerArn' | 'issuer' | 'subjects'>): Policy {
    return new Policy(this, 'trust').allowFederated(providerArn, {
      sid: 'WorkflowsOfTheRepository',
      conditions: [
        { test: 'StringEquals', variable: `${issuer}:aud`, values: ['sts.amazonaws.com'] },
        { test: 'StringEquals', variable: `${issuer}:sub`, values: [...subjects] },
      ],
    });
  }
}

function addStatement(
  document: Policy,
  { Sid: sid, Action, NotAction, Resource, Condition }: Statement & { readonly Sid: string },
): void {
  if (NotAction !== undefined) {
    document.denyOther({ sid, actions: NotAction, resources: Resource });
    return;
  }
  const conditions = Object.entries(Condition ?? {}).flatMap(([test, keys]) =>
    Object.entries(keys).map(([variable, values]) => ({ test, variable, values })),
  );
  document.allow({
    sid,
    actions: Action ?? [],
    resources: Resource,
    ...(conditions.length > 0 && { conditions }),
  });
}
