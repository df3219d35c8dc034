import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, LocalBackend, S3Backend, TerraformElement, TerraformStack } from 'cdktf';
import type { TerraformProvider } from 'cdktf';
import type { Construct, Node } from 'constructs';
import { ID_SEPARATOR } from '../config/construct-ids.js';
import { AWS_PROVIDER, TERRAFORM_VERSION } from '../config/providers.js';
import { localStateFile, type StateSettings } from '../config/state.js';

export interface BaseStackProps {
  readonly region: string;
  readonly state: StateSettings;
  /** Tags of every resource in the stack. */
  readonly tags: Readonly<Record<string, string>>;
  /** Key of the state in the bucket. A local state file has the same name, with `-` for `/`. */
  readonly stateKey: string;
}

/** A provider of a region other than the stack's own. */
export interface RegionalProvider {
  readonly region: string;
  readonly provider: TerraformProvider;
}

/** Id of a construct's main resource. It is left out of the address: `aws_sqs_queue.queue`, not `queue_self`. */
export const SELF = 'self';

/** A stack with a provider, a backend and readable addresses: `aws_sqs_queue.queue_dead-letters`, without a hash. */
export abstract class BaseStack extends TerraformStack {
  private readonly tags: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { region, state, tags, stateKey }: BaseStackProps) {
    super(scope, id);
    this.tags = tags;
    this.addProvider('aws', { region });
    // cdktf writes the exact version that its bindings were generated from, and a source without a host.
    this.addOverride('terraform.required_providers.aws', AWS_PROVIDER);
    this.addOverride('terraform.required_version', TERRAFORM_VERSION);
    keepState(this, { state, stateKey });
  }

  /** @param alias required for any region other than the stack's own */
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

/** Joins the ids on the path to an element with `_`. Ids are kebab case, so the result is unambiguous. */
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
    // Terraform runs in cdktf.out/stacks/<stack>, which cdktf may delete. A relative path is the same on every machine.
    new LocalBackend(stack, { path: `../../../${localStateFile(stateKey)}` });
    return;
  }
  const { bucket, region } = state;
  new S3Backend(stack, { bucket, region, key: stateKey, encrypt: true });
  // S3's own lock. The S3Backend of cdktf 0.21 has no property for it.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}

/** Creates an app whose JSON is the same on every machine: stack traces would put local paths into it. */
export function newApp(outdir?: string): App {
  // Validation would run `terraform version` for every DataResource; required_version makes Terraform check it.
  return new App({
    stackTraces: false,
    skipValidation: true,
    ...(outdir !== undefined && { outdir }),
  });
}
