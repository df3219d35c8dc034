import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { SELF } from '../constructs/base-stack.js';
import type { PolicyDocument } from '../deployer/policy.js';
import { Policy } from '../constructs/policy.js';

export interface GithubRoleProps {
  readonly name: string;
  readonly description: string;
  readonly providerArn: string;
  /** Host of the identity provider: names its claims. */
  readonly issuer: string;
  /** Who may take the role on, in GitHub's words: `repo:owner/name:pull_request`. */
  readonly subjects: readonly string[];
  readonly policy: PolicyDocument;
}

/** A deployer may change roles of the form role/<project>-*, which no ARN with this path is, whatever the project. */
const PATH = '/github/';

/** A role for workflows of a repository. */
export class GithubRole extends Construct {
  readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    { name, description, policy, ...trusted }: GithubRoleProps,
  ) {
    super(scope, id);
    const role = new IamRole(this, SELF, {
      name,
      description,
      path: PATH,
      assumeRolePolicy: this.trust(trusted).json,
    });
    this.arn = role.arn;
    const document = new Policy(this, 'policy-document');
    for (const [index, { Action, Resource }] of policy.Statement.entries())
      document.allow({ sid: `Part${index + 1}`, actions: Action, resources: Resource });
    new IamRolePolicy(this, 'policy', { name: 'policy', role: role.name, policy: document.json });
  }

  /** Equal, not like: no wildcard lets another branch or repository in. */
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
