import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Fn, TerraformLocal, TerraformOutput, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { partitionOf } from '../config/values/arn.js';
import { BaseStack, SELF } from '../constructs/base-stack.js';
import { Policy } from '../constructs/policy.js';
import { fullDeployerPolicy, readingPart } from '../deployer/policy.js';
import type { PolicyDocument } from '../deployer/policy.js';
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
    const { repository, branch, boundary } = this.addVariables();
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
    const onBranch = `repo:${repository}:ref:refs/heads/${branch}`;
    const trust = { providerArn, issuer: ISSUER, boundary };
    const plan = new GithubRole(this, 'plan', {
      ...trust,
      name: `${project}-github-plan`,
      description: `Plans ${project}: reads, and changes nothing`,
      subjects: [`repo:${repository}:pull_request`, onBranch],
      policy: readingPart(policy),
    });
    const deploy = new GithubRole(this, 'deploy', {
      ...trust,
      name: `${project}-github-deploy`,
      description: `Deploys ${project}`,
      subjects: [onBranch],
      policy,
    });
    new TerraformOutput(this, 'plan_role_arn', { value: plan.arn });
    new TerraformOutput(this, 'deploy_role_arn', { value: deploy.arn });
  }

  private addVariables(): Readonly<Record<'repository' | 'branch' | 'boundary', string>> {
    const text = (id: string, description: string, more: object = {}): TerraformVariable =>
      new TerraformVariable(this, id, { type: 'string', description, nullable: false, ...more });
    const repository = text('repository', 'GitHub repository whose workflows may plan: owner/name');
    repository.addValidation({
      condition: '${can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))}',
      errorMessage: 'The repository is owner/name, as in octo-org/octo-repo, without wildcards.',
    });
    const branch = text('branch', 'Branch whose workflows may deploy', { default: 'main' });
    branch.addValidation({
      condition: '${can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*$", var.branch))}',
      errorMessage: 'The branch is a name, as in main, without wildcards.',
    });
    const boundary = text(
      'permissions_boundary_arn',
      'ARN of the policy that is the permissions boundary of both roles, where the account requires one',
      { default: '' },
    );
    boundary.addValidation({
      condition:
        '${var.permissions_boundary_arn == "" || can(regex("^arn:[a-z-]+:iam::(aws|[0-9]{12}):policy/.+$", var.permissions_boundary_arn))}',
      errorMessage: 'The permissions boundary is the ARN of a managed policy.',
    });
    return {
      repository: repository.stringValue,
      branch: branch.stringValue,
      boundary: '${var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn}',
    };
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
    for (const [index, { Action, Resource }] of policy.Statement.entries())
      document.allow({ sid: `Part${index + 1}`, actions: Action, resources: Resource });
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
