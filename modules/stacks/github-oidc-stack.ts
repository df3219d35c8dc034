import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { Fn, TerraformLocal, TerraformOutput, TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { partitionOf } from '../config/values/arn.js';
import { BaseStack } from '../constructs/base-stack.js';
import { addVariables } from './github-variables.js';
import { GithubRole } from './github-role.js';
import { fullDeployerPolicy, readingPart } from '../deployer/policy.js';
import type { Deployer } from '../deployer/policy.js';
import type { ComparedPipeline } from '../config/project.js';
import { stateKeys, type StateBucket } from '../config/state.js';
import type { Tags } from '../config/values/tags.js';
import { MAX_SESSION_SECONDS, reconcilePolicy } from './reconcile-policy.js';

export interface GithubOidcStackProps {
  readonly project: string;
  /** Tags besides the stack's own. @default none */
  readonly tags?: Tags | undefined;
  readonly bucket: StateBucket;
  /** The pipelines that the workflow reconcile compares. @default none, and no role for it */
  readonly compared?: readonly ComparedPipeline[] | undefined;
}

const ISSUER = 'token.actions.githubusercontent.com';

/**
 * Roles that GitHub workflows assume without a stored key. The role to plan can only read, and pull requests of the
 * repository may assume it; the role to deploy is for one branch, and so is the one to compare inventories with the
 * catalogue, which exists if there is something to compare. No deployer of the project can change this stack,
 * because its state is outside the project's prefix and its roles are under a path of their own.
 *
 * Resources: `aws_iam_openid_connect_provider` unless the account has one, and `aws_iam_role` and `aws_iam_role_policy`
 * for each role.
 */
export class GithubOidcStack extends BaseStack {
  constructor(scope: Construct, { project, tags, bucket, compared = [] }: GithubOidcStackProps) {
    super(scope, 'github_oidc', {
      region: bucket.region,
      state: { kind: 's3', ...bucket },
      stateKey: stateKeys.githubOidc(project),
      tags: { ...tags, Project: project, Pipeline: 'github_oidc', ManagedBy: 'terraform' },
    });
    const { plans, deploys, reconciles, boundary } = addVariables(this);
    const providerArn = this.addIdentityProvider();
    const deployer: Deployer = {
      partition: partitionOf(bucket.region),
      account: new TerraformLocal(this, 'account', Fn.element(Fn.split(':', providerArn), 4))
        .asString,
      project,
      stateBucket: bucket.bucket,
      // The topics of future pipelines are unknown here, and the policy of a topic has to allow a subscription, too.
      topics: ['*'],
    };
    const policy = fullDeployerPolicy(deployer);
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
    if (compared.length === 0) return;
    const reconcile = new GithubRole(this, 'reconcile', {
      ...trust,
      name: `${project}-github-reconcile`,
      description: `Compares the inventories of ${project} with the catalogue`,
      subjects: reconciles,
      policy: reconcilePolicy(compared, deployer),
      maxSessionSeconds: MAX_SESSION_SECONDS,
    });
    new TerraformOutput(this, 'reconcile_role_arn', { value: reconcile.arn });
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
