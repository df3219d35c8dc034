/** What is optional in a module, with the conditions under which it exists. */
export interface Presence {
  /**
   * Conditions of resources, by patterns of their addresses (with `data.` before those of data sources). The first
   * match counts.
   */
  readonly resources?: readonly (readonly [addresses: RegExp, condition: string])[];
  /** Conditions of references that are null otherwise, such as `local.topic`; variables with the default null are added. */
  readonly references?: Readonly<Record<string, string>>;
  /** Conditions of blocks that exist once or not at all, by their label. */
  readonly blocks?: Readonly<Record<string, string>>;
  /** The collections of repeated blocks, by the label of the block that mentions `<label>.value` or `<label>.key`. */
  readonly repeats?: Readonly<Record<string, string>>;
  /** The collections of repeated resources, by patterns of their addresses. */
  readonly forEach?: readonly (readonly [addresses: RegExp, collection: string])[];
}

const RESOURCE = /(?<![\w.-])((?:data\.)?(?:aws_\w+|terraform_data)\.[A-Za-z][\w-]*)\.([a-z_]+)/g;
/** An address in a text for the caller, who knows the name of the module block. */
const ADDRESS = /module\.NAME\.(aws_\w+\.[A-Za-z][\w-]*)/g;
const NAMED = /(?<![\w.-])(?:var|local)\.[A-Za-z][\w-]*/g;

/** Finds the conditions of resources, and of values that refer to them. */
export class Conditions {
  constructor(
    private readonly presence: Presence,
    private readonly addresses: ReadonlySet<string>,
  ) {}

  /** Returns the condition of a resource; undefined for one that always exists. */
  ofResource(address: string): string | undefined {
    const { resources = [] } = this.presence;
    return resources.find(([pattern]) => pattern.test(address))?.[1];
  }

  /** Returns the conditions of everything that a value refers to, except `given`, which already holds. */
  ofValue(value: unknown, given: string | undefined): string[] {
    const texts = textsIn(value);
    const resources = texts.flatMap((text) => [...text.matchAll(RESOURCE)]);
    const named = texts.flatMap((text) => [...text.matchAll(NAMED)]);
    const found = [
      ...resources.map(([, address = '']) => this.ofResource(address)),
      ...named.map(([reference]) => this.presence.references?.[reference]),
    ];
    return [...new Set(found)].filter(
      (condition) => condition !== undefined && condition !== given,
    ) as string[];
  }

  /** Returns `text` with an index after every resource that exists once or not at all, also in an address. */
  indexed(text: string, given: string | undefined): string {
    return this.indexedAddresses(text).replace(
      RESOURCE,
      (whole, address: string, attribute: string) => {
        const condition = this.addresses.has(address) ? this.ofResource(address) : undefined;
        if (condition === undefined) return whole;
        return condition === given
          ? `${address}[0].${attribute}`
          : `one(${address}[*].${attribute})`;
      },
    );
  }

  private indexedAddresses(text: string): string {
    return text.replace(ADDRESS, (whole, address: string) =>
      this.ofResource(address) === undefined ? whole : `${whole}[0]`,
    );
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
