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
import type { StateBucket } from '../config/state.js';

export interface GithubOidcStackProps {
  readonly project: string;
  readonly bucket: StateBucket;
}

const ISSUER = 'token.actions.githubusercontent.com';

/**
 * The roles that workflows take on without a stored key: one reads what a plan needs, for pull requests of the
 * repository; the other deploys, from one branch only. No deployer of a project can change this stack: its state lies
 * outside of the project's, and its roles under a path of their own.
 */
export class GithubOidcStack extends BaseStack {
  constructor(scope: Construct, { project, bucket }: GithubOidcStackProps) {
    super(scope, 'github_oidc', {
      region: bucket.region,
      state: { kind: 's3', ...bucket },
      stateKey: `github_oidc/${project}.tfstate`,
      tags: { Project: project, Pipeline: 'github_oidc', ManagedBy: 'terraform' },
    });
    const { repository, branch } = this.addVariables();
    const providerArn = this.addIdentityProvider();
    const policy = fullDeployerPolicy({
      partition: partitionOf(bucket.region),
      account: new TerraformLocal(this, 'account', Fn.element(Fn.split(':', providerArn), 4))
        .asString,
      project,
      stateBucket: bucket.bucket,
      // Which topics there will be nobody knows yet; a subscription needs the topic's consent as well.
      topics: ['*'],
    });
    const onBranch = `repo:${repository}:ref:refs/heads/${branch}`;
    const trust = { providerArn, issuer: ISSUER };
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

  private addVariables(): { readonly repository: string; readonly branch: string } {
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
    return { repository: repository.stringValue, branch: branch.stringValue };
  }

  /** An account can have one for each issuer: where another project made it, its ARN is given. */
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
  /** Host of the identity provider: names its claims. */
  readonly issuer: string;
  /** Who may take the role on, in GitHub's words: `repo:owner/name:pull_request`. */
  readonly subjects: readonly string[];
  readonly policy: PolicyDocument;
}

/** A deployer may change roles of the form role/<project>-*, which no ARN with this path is, whatever the project. */
const PATH = '/github/';

/** A role for workflows of a repository. */
class GithubRole extends Construct {
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
