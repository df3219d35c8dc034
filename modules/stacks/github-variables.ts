import { Token, TerraformLocal, TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';

/** What the caller of the stack says about the repository and its roles. */
export interface GithubVariables {
  /** Claims `sub` of the workflows that may plan. */
  readonly plans: readonly string[];
  /** Claims `sub` of the workflows that may deploy. */
  readonly deploys: readonly string[];
  /** Claims `sub` of the workflows that may compare inventories with the catalogue. */
  readonly reconciles: readonly string[];
  /** Expression of the ARN of the permissions boundary, or null. */
  readonly boundary: string;
}

/** Adds the variables of the stack, and the claims that follow from them. */
export function addVariables(stack: Construct): GithubVariables {
  addRepository(stack);
  addDeployment(stack);
  const boundary = text(stack, 'permissions_boundary_arn', {
    description:
      'ARN of the policy that is the permissions boundary of every role, where the account requires one',
    default: '',
  });
  boundary.addValidation({
    condition:
      '${var.permissions_boundary_arn == "" || can(regex("^arn:[a-z-]+:iam::(aws|[0-9]{12}):policy/.+$", var.permissions_boundary_arn))}',
    errorMessage:
      'permissions_boundary_arn must be the ARN of a managed policy: arn:aws:iam::account:policy/name.',
  });
  const claims = (name: string, expression: string): readonly string[] =>
    Token.asList(new TerraformLocal(stack, name, expression).expression);
  new TerraformLocal(stack, 'repositories', REPOSITORIES);
  return {
    plans: claims(
      'plan_claims',
      '${flatten([for name in local.repositories : var.plan_environment == "" ? ["repo:${name}:pull_request", "repo:${name}:ref:refs/heads/${var.branch}"] : ["repo:${name}:environment:${var.plan_environment}"]])}',
    ),
    deploys: claims('deploy_claims', ofBranchOr('environment')),
    reconciles: claims('reconcile_claims', ofBranchOr('reconcile_environment')),
    boundary: '${var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn}',
  };
}

/** The claims of every workflow of the branch, or of the jobs with the GitHub environment that a variable names. */
function ofBranchOr(variable: string): string {
  return `\${[for name in local.repositories : var.${variable} == "" ? "repo:\${name}:ref:refs/heads/\${var.branch}" : "repo:\${name}:environment:\${var.${variable}}"]}`;
}

/**
 * GitHub puts the ids of owner and repository into the claims of repositories that were created since July 2026.
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
const REPOSITORIES =
  '${concat([var.repository], var.repository_ids == "" ? [] : [format("%s@%s/%s@%s", split("/", var.repository)[0], split("/", var.repository_ids)[0], split("/", var.repository)[1], split("/", var.repository_ids)[1])])}';

function addRepository(stack: Construct): void {
  const repository = text(stack, 'repository', {
    description: 'GitHub repository whose workflows may plan: owner/name',
  });
  repository.addValidation({
    condition: '${can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))}',
    errorMessage: 'The repository is owner/name, as in octo-org/octo-repo, without wildcards.',
  });
  const ids = text(stack, 'repository_ids', {
    description:
      'Ids of the owner and the repository, owner/repository, which GitHub puts into the claims of repositories that were created since July 2026',
    default: '',
  });
  ids.addValidation({
    condition: '${var.repository_ids == "" || can(regex("^[0-9]+/[0-9]+$", var.repository_ids))}',
    errorMessage:
      'repository_ids is two numbers, as in 583231/1296269: gh api repos/octo-org/octo-repo --jq \'"\\(.owner.id)/\\(.id)"\' prints them.',
  });
}

function addDeployment(stack: Construct): void {
  const branch = text(stack, 'branch', {
    description: 'Branch whose workflows may deploy',
    default: 'main',
  });
  branch.addValidation({
    condition: '${can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*$", var.branch))}',
    errorMessage: 'The branch is a name, as in main, without wildcards.',
  });
  addEnvironment(
    stack,
    'environment',
    'GitHub environment whose jobs may deploy, in place of every workflow of the branch: its reviewers approve each deployment',
  );
  addEnvironment(
    stack,
    'plan_environment',
    'GitHub environment whose jobs may plan, in place of every pull request and workflow of the branch',
  );
  addEnvironment(
    stack,
    'reconcile_environment',
    'GitHub environment whose jobs may compare inventories with the catalogue, in place of every workflow of the branch',
  );
}

function addEnvironment(stack: Construct, id: string, description: string): void {
  const environment = text(stack, id, { description, default: '' });
  environment.addValidation({
    condition: `\${var.${id} == "" || can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*$", var.${id}))}`,
    errorMessage: `The ${id} is a name of letters, digits, ., - or _, without wildcards.`,
  });
}

function text(
  stack: Construct,
  id: string,
  { description, ...given }: { readonly description: string; readonly default?: string },
): TerraformVariable {
  return new TerraformVariable(stack, id, {
    type: 'string',
    description,
    nullable: false,
    ...given,
  });
}
