import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, LocalBackend, S3Backend, TerraformElement, TerraformStack } from 'cdktf';
import type { TerraformProvider } from 'cdktf';
import type { Construct, Node } from 'constructs';
import { ID_SEPARATOR } from '../config/construct-ids.js';
import type { StateSettings } from '../config/state.js';

export interface BaseStackProps {
  readonly region: string;
  readonly state: StateSettings;
  /** On everything that the stack makes. */
  readonly tags: Readonly<Record<string, string>>;
  /** Key of the state in the bucket; its `/`-free form names the local file. */
  readonly stateKey: string;
}

export interface RegionalProvider {
  readonly region: string;
  readonly provider: TerraformProvider;
}

/** Id of the one resource that a construct is about: the address bears the construct's id alone. */
export const SELF = 'self';

/** Both are stated in the README, with the reasons. */
export const TERRAFORM_VERSION = '>= 1.11';
export const AWS_PROVIDER = {
  source: 'registry.terraform.io/hashicorp/aws',
  version: '>= 5.100.0, < 7.0.0',
};

/** Provider, state and readable addresses: `aws_sqs_queue.queue_dead-letters`, without cdktf's hashes. */
export abstract class BaseStack extends TerraformStack {
  private readonly tags: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { region, state, tags, stateKey }: BaseStackProps) {
    super(scope, id);
    this.tags = tags;
    this.addProvider('aws', { region });
    // cdktf writes the one version whose schema it was generated from, and a source without a host.
    this.addOverride('terraform.required_providers.aws', AWS_PROVIDER);
    this.addOverride('terraform.required_version', TERRAFORM_VERSION);
    keepState(this, { state, stateKey });
  }

  /** `alias` for a region beside the stack's own. */
  protected addProvider(
    id: string,
    { region, alias }: { region: string; alias?: string },
  ): AwsProvider {
    return new AwsProvider(this, id, {
      region,
      ...(alias !== undefined && { alias }),
      defaultTags: [{ tags: { ...this.tags } }],
    });
  }

  protected override allocateLogicalId(element: TerraformElement | Node): string {
    return readableId(this, element);
  }
}

/** Construct ids are kebab case, so that `_` between them is unambiguous. */
export function readableId(stack: TerraformStack, element: TerraformElement | Node): string {
  const node = element instanceof TerraformElement ? element.node : element;
  const path = node.scopes.slice(stack.node.scopes.length).map(({ node: { id } }) => id);
  return path.filter((id, index) => id !== SELF || index === 0).join(ID_SEPARATOR);
}

function keepState(
  stack: TerraformStack,
  { state, stateKey }: { readonly state: StateSettings; readonly stateKey: string },
): void {
  if (state.kind === 'local') {
    // Terraform runs in cdktf.out/stacks/<stack>, which cdktf may delete; relative, so that no machine shows.
    new LocalBackend(stack, { path: `../../../${stateKey.replaceAll('/', '-')}` });
    return;
  }
  const { bucket, region } = state;
  new S3Backend(stack, { bucket, region, key: stateKey, encrypt: true });
  // S3's own lock, which cdktf 0.21 does not know yet.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}

/** Stack traces would put paths of this machine into the JSON. */
export function newApp(outdir?: string): App {
  // Validation starts `terraform version` for every null resource; required_version says the same to Terraform.
  return new App({
    stackTraces: false,
    skipValidation: true,
    ...(outdir !== undefined && { outdir }),
  });
}
