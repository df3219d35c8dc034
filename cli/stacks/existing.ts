import { z } from 'zod';
import type { ResourceError } from './apply-errors.js';
import { IMPORT_RULES, type ImportRule } from './import-ids.js';

const Block = z.record(z.string(), z.unknown());
const Stack = z.object({
  resource: z.record(z.string(), z.record(z.string(), Block)).default({}),
  provider: z
    .record(z.string(), z.array(z.object({ region: z.string(), alias: z.string().optional() })))
    .default({}),
});

/** A stack in which resources could not be created. */
export interface FailedStack {
  /** Name of the stack. */
  readonly id: string;
  /** Folder of the stack, as the commands name it. */
  readonly folder: string;
  /** The JSON of the stack. */
  readonly json: unknown;
  /** Account of the stack; 12 digits. */
  readonly account: string;
}

/**
 * Returns a sentence for each resource that could not be created because it exists already: how to import it, or that
 * it belongs to another account.
 */
export function existingResources(
  errors: readonly ResourceError[],
  { json, ...stack }: FailedStack,
): string[] {
  const blocks = new Blocks(json);
  const sentences = errors.flatMap((error) => {
    const found = blocks.find(error.address);
    return found === undefined ? [] : (sentenceOf(error, found, stack) ?? []);
  });
  return sentences.length < MANY ? sentences : [...sentences, elsewhere(sentences.length, stack)];
}

/** So many resources do not stay behind by themselves. */
const MANY = 4;

function elsewhere(count: number, { id }: Pick<FailedStack, 'id'>): string {
  return (
    `${id}: ${count} resources exist already. If the stack was deployed before with its state in another place ` +
    `(STATE_BUCKET, LOCAL_STATE=1, another machine), import nothing, and deploy with that state`
  );
}

/** Whether an error is about a resource of the stack: several stacks may have the same address. */
export function isErrorOf({ address, text }: ResourceError, json: unknown): boolean {
  const found = new Blocks(json).find(address);
  return found !== undefined && text.includes(found.name);
}

interface FoundBlock {
  readonly type: string;
  readonly rule: ImportRule | undefined;
  readonly name: string;
  readonly region: string;
  readonly argument: (name: string) => string;
}

const REFERENCE = /^\$\{(?<type>[a-z]\w*)\.(?<name>[\w-]+)\.(?<attribute>\w+)\}$/;

/** The resource blocks of a synthesized stack. */
class Blocks {
  readonly #stack: z.infer<typeof Stack>;

  constructor(json: unknown) {
    this.#stack = Stack.parse(json);
  }

  find(address: string): FoundBlock | undefined {
    const [type = '', name = ''] = address.replace(/\[[^\]]*\]$/, '').split('.');
    const block = this.#stack.resource[type]?.[name];
    if (block === undefined) return undefined;
    const rule = IMPORT_RULES[type];
    return {
      type,
      rule,
      name: this.#nameOf(type, block),
      region: this.#regionOf(block),
      argument: (argument) => this.#resolve(block[argument]),
    };
  }

  #nameOf(type: string, block: z.infer<typeof Block>): string {
    const names = [IMPORT_RULES[type]?.nameIn ?? 'name', 'name'].map((key) => block[key]);
    return this.#resolve(names.find((name) => name !== undefined));
  }

  #resolve(value: unknown): string {
    if (typeof value !== 'string') return '';
    const { type, name, attribute } = REFERENCE.exec(value)?.groups ?? {};
    const block = this.#stack.resource[type ?? '']?.[name ?? ''];
    if (type === undefined || block === undefined) return value;
    return typeof block[attribute ?? ''] === 'string'
      ? this.#resolve(block[attribute ?? ''])
      : this.#nameOf(type, block);
  }

  #regionOf({ provider = 'aws' }: z.infer<typeof Block>): string {
    const alias = String(provider).split('.')[1];
    return this.#stack.provider['aws']?.find((one) => one.alias === alias)?.region ?? '';
  }
}

const FOREIGN = /operation error S3: CreateBucket.*BucketAlreadyExists/;
const ANY = /AlreadyExists|already exists?\b/i;

function sentenceOf(
  { address, text }: ResourceError,
  found: FoundBlock,
  { id, folder, account }: Omit<FailedStack, 'json'>,
): string | undefined {
  const { type, rule, name, region, argument } = found;
  if (type === 'aws_s3_bucket' && FOREIGN.test(text))
    return (
      `${id}: the bucket ${name} belongs to another account, and cannot be imported. The names of buckets are unique ` +
      `in all accounts: choose another ${prefixOf(id)}`
    );
  if (type === 'aws_iam_openid_connect_provider' && ANY.test(text))
    return (
      `${id}: the account has GitHub's identity provider already, which other projects may use. Deploy with ` +
      `--var provider_arn=arn:aws:iam::ACCOUNT:oidc-provider/token.actions.githubusercontent.com, with the account's id`
    );
  const command = `terraform -chdir=${folder} import '${address}'`;
  if (rule?.exists.test(text) === true) {
    const word = rule.id({ name, argument, text, region, account });
    return (
      `${id}: the ${rule.noun} ${name} exists already, but is not in the state of this stack. Unless another project ` +
      `uses it (then choose another ${prefixOf(id)}), import it and deploy again: ${command} ${word}`
    );
  }
  if (rule !== undefined || !ANY.test(text)) return undefined;
  return (
    `${id}: ${address} exists already, but is not in the state of this stack. Unless another project uses it, import it ` +
    `and deploy again: ${command} ID, with the ID that ${pageOf(type)} describes`
  );
}

/** Where the names of a stack's resources come from. */
function prefixOf(stack: string): string {
  return stack === 'bootstrap' ? 'STATE_BUCKET' : 'PROJECT';
}

function pageOf(type: string): string {
  const page = type.replace(/^aws_/, '');
  return `https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/${page}#import`;
}
