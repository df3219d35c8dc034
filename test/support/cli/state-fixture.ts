/** The provider of a resource in a state. */
export const AWS = 'provider["registry.terraform.io/hashicorp/aws"]';
export const BUILT_IN = 'provider["terraform.io/builtin/terraform"]';

export interface FixtureResource {
  readonly type: string;
  readonly name: string;
  readonly mode?: 'managed' | 'data';
  readonly module?: string;
  /** @default the AWS provider without an alias */
  readonly provider?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** The text of a Terraform state with these resources. */
export function stateText(...resources: readonly FixtureResource[]): string {
  return stateOf(
    resources.map(({ attributes = {}, ...resource }) => ({
      mode: 'managed',
      provider: AWS,
      ...resource,
      instances: [{ schema_version: 0, attributes }],
    })),
  );
}

/** The text of a Terraform state with these resources, in the form of the state. */
export function stateOf(resources: readonly object[]): string {
  return JSON.stringify({
    version: 4,
    terraform_version: '1.11.0',
    serial: 1,
    lineage: '00000000-0000-0000-0000-000000000000',
    outputs: {},
    resources,
  });
}

/** A resource that needs no service. */
export const DATA: FixtureResource = {
  type: 'terraform_data',
  name: 'old',
  provider: BUILT_IN,
  attributes: { id: 'old' },
};

export function logGroup(
  name: string,
  region: string,
  { provider = AWS }: { readonly provider?: string } = {},
): FixtureResource {
  const arn = `arn:aws:logs:${region}:123456789012:log-group:${name}`;
  return {
    type: 'aws_cloudwatch_log_group',
    name: name.replaceAll('/', '-').replace(/^-/, ''),
    provider,
    attributes: { arn, id: name, name },
  };
}
