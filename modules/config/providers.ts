/** S3's own lock (use_lockfile) needs 1.11. */
export const TERRAFORM_VERSION = '>= 1.11';

/** The provider of every stack and module, as in `required_providers`. */
export const AWS_PROVIDER = {
  source: 'registry.terraform.io/hashicorp/aws',
  version: '>= 5.100.0, < 7.0.0',
};

/** Terraform's file with the exact version and checksums of each provider, in the root of the project and in each stack. */
export const PROVIDER_LOCK = '.terraform.lock.hcl';
