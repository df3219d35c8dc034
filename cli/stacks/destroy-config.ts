import { AWS_PROVIDER, TERRAFORM_VERSION } from '../../modules/config/providers.js';
import { backendOf } from '../../modules/config/state.js';
import { parseRegion } from '../../modules/config/values/arn.js';
import { CommandError } from '../shared/command.js';
import type { StackState } from '../shared/state-move.js';
import type { State } from './states.js';

type Resource = State['resources'][number];

const AWS = /^provider\["registry\.terraform\.io\/hashicorp\/aws"\](?:\.([\w-]+))?$/;
const BUILT_IN = 'provider["terraform.io/builtin/terraform"]';

/**
 * Returns the JSON of a stack without resources, with which Terraform destroys everything in the state: its backend and
 * the providers that the state refers to, each in the region where its resources are. Throws CommandError if the state
 * does not say enough.
 *
 * @param region of providers whose resources have none, such as roles
 */
export function destroyConfig(
  { stack, key, state: place }: StackState,
  state: State,
  region: string | undefined,
): object {
  const managed = state.resources.filter(({ mode }) => mode === 'managed');
  const aliases = new Set(managed.flatMap((resource) => aliasOf(resource, stack)));
  const providers = [...aliases].sort().map((alias) => ({
    ...(alias !== MAIN && { alias }),
    region: regionOf(
      managed.filter((resource) => aliasOf(resource, stack).includes(alias)),
      { stack, region },
    ),
  }));
  return {
    terraform: {
      required_version: TERRAFORM_VERSION,
      required_providers: { aws: AWS_PROVIDER },
      backend: backendOf(key, place),
    },
    ...(providers.length > 0 && { provider: { aws: providers } }),
  };
}

/** Stands for the provider without an alias. */
const MAIN = '';

/** Returns the alias of the AWS provider, if it is that of the resource. */
function aliasOf({ provider, ...resource }: Resource, stack: string): string[] {
  if (provider === BUILT_IN) return [];
  const match = AWS.exec(provider);
  if (match !== null && resource.module === undefined) return [match[1] ?? MAIN];
  throw new CommandError(
    `the state of ${stack} has ${addressOf(resource)} with ${provider}, which no stack of this project has: ${restore(stack)}`,
  );
}

function regionOf(
  resources: readonly Resource[],
  { stack, region }: { readonly stack: string; readonly region: string | undefined },
): string {
  const places = resources.flatMap((resource) =>
    resource.instances.flatMap(({ attributes }) => {
      const found = regionIn(attributes ?? {});
      return found === undefined ? [] : [{ address: addressOf(resource), region: found }];
    }),
  );
  const [first] = places;
  if (first === undefined) {
    if (region !== undefined) return region;
    throw new CommandError(
      `the state of ${stack} does not say in which region its resources are (${resources.map(addressOf).join(', ')}): set AWS_REGION`,
    );
  }
  const other = places.find((place) => place.region !== first.region);
  if (other === undefined) return first.region;
  throw new CommandError(
    `the state of ${stack} has ${first.address} in ${first.region} and ${other.address} in ${other.region} with the same provider: ${restore(stack)}`,
  );
}

function restore(stack: string): string {
  return `restore pipelines/${stack} from Git ("git log -- pipelines/${stack}" finds its last commit) and run the command again`;
}

const REGION_OF_ARN = /^arn:[\w-]+:[\w-]+:([\w-]+):/;

/** A bucket has its region in an attribute, and with the provider 6 every resource; the ARNs of buckets and roles have none. */
export function regionIn(attributes: Readonly<Record<string, unknown>>): string | undefined {
  const { arn, region } = attributes;
  const found = REGION_OF_ARN.exec(String(arn))?.[1] ?? region;
  try {
    return typeof found === 'string' ? parseRegion(found) : undefined;
  } catch {
    return undefined;
  }
}

function addressOf({ module, type, name }: Omit<Resource, 'provider'>): string {
  return [...(module === undefined ? [] : [module]), type, name].join('.');
}
