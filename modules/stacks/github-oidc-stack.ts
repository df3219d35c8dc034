import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Fn, TerraformLocal, TerraformOutput, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { partitionOf } from '../config/values/arn.js';
import { BaseStack, SELF } from '../constructs/base-stack.js';
import { addVariables } from './github-variables.js';
import { Policy } from '../constructs/policy.js';
import { fullDeployerPolicy, readingPart } from '../deployer/policy.js';
import type { PolicyDocument, Statement } from '../deployer/policy.js';
import { stateKeys, type StateBucket } from '../config/state.js';

export interface GithubOidcStackProps {
  readonly project: string;
  readonly bucket: StateBucket;
}

const ISSUER = 'token.actions.githubusercontent.com';

/**
 * Roles that GitHub workflows assume without a stored key. The role to plan can only read, and pull requests of the
 * repository may assume it; the role to deploy is for one branch. No deployer of the project can change this stack,
 * because its state is outside the project's prefix and its roles are under a path of their own.
 *
 * Resources: `aws_iam_openid_connect_provider` unless the account has one, and `aws_iam_role` and `aws_iam_role_policy`
 * for each role.
 */
export class GithubOidcStack extends BaseStack {
  constructor(scope: Construct, { project, bucket }: GithubOidcStackProps) {
    super(scope, 'github_oidc', {
      region: bucket.region,
      state: { kind: 's3', ...bucket },
      stateKey: stateKeys.githubOidc(project),
      tags: { Project: project, Pipeline: 'github_oidc', ManagedBy: 'terraform' },
    });
    const { plans, deploys, boundary } = addVariables(this);
    const providerArn = this.addIdentityProvider();
    const policy = fullDeployerPolicy({
      partition: partitionOf(bucket.region),
      account: new TerraformLocal(this, 'account', Fn.element(Fn.split(':', providerArn), 4))
        .asString,
      project,
      stateBucket: bucket.bucket,
      // The topics of future pipelines are unknown here, and the policy of a topic has to allow a subscription, too.
      topics: ['*'],
    });
    const trust = { providerArn, issuer: ISSUER, boundary };
    const plan = new GithubRole(this, 'plan', {
      ...trust,
      name: `${project}-github-plan`,
      description: `Plans ${project}: reads, and changes nothing`,
      subjects: plans,
      policy: readingPart(policy),
    });
    const deploy = new GithubRole(this, 'deploy', {
      ...trust,
      name: `${project}-github-deploy`,
      description: `Deploys ${project}`,
      subjects: deploys,
      policy,
    });
    new TerraformOutput(this, 'plan_role_arn', { value: plan.arn });
    new TerraformOutput(this, 'deploy_role_arn', { value: deploy.arn });
  }

  /** An account has at most one provider for each issuer, so the ARN of one that exists can be given. */
  private addIdentityProvider(): string {
    new TerraformVariable(this, 'provider_arn', {
      type: 'string',
      description: `ARN of the account's identity provider for ${ISSUER}, where it has one already`,
      default: '',
    });
    const provider = new IamOpenidConnectProvider(this, 'provider', {
      url: `https://${ISSUER}`,
      clientIdList: ['sts.amazonaws.com'],
    });
    provider.addOverride('count', '${var.provider_arn == "" ? 1 : 0}');
    return new TerraformLocal(
      this,
      'issuer_arn',
      '${coalesce(var.provider_arn, one(aws_iam_openid_connect_provider.provider[*].arn))}',
    ).asString;
  }
}

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
}

/** A deployer may change roles that match `role/<project>-*`. With this path no role of this stack does. */
const PATH = '/github/';

/**
 * A role for the workflows of a repository.
 *
 * Resources: `aws_iam_role` and `aws_iam_role_policy`.
 */
class GithubRole extends Construct {
  readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    { name, description, policy, boundary, ...trusted }: GithubRoleProps,
  ) {
    super(scope, id);
    const role = new IamRole(this, SELF, {
      name,
      description,
      path: PATH,
      assumeRolePolicy: this.trust(trusted).json,
      permissionsBoundary: boundary,
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
