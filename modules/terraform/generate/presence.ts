/** What may be absent, and when it is there. */
export interface Presence {
  /**
   * Conditions by the resources that exist under them, as patterns of addresses (`data.` before those of data
   * sources); the first that matches counts.
   */
  readonly resources?: readonly (readonly [addresses: RegExp, condition: string])[];
  /** Conditions by references that are null otherwise, as `var.topic_arn`: variables that default to null are known. */
  readonly references?: Readonly<Record<string, string>>;
  /** What is iterated over, by the label of the block that mentions `<label>.value` or `<label>.key`. */
  readonly repeats?: Readonly<Record<string, string>>;
  /** What whole resources are iterated over, by patterns of addresses. */
  readonly forEach?: readonly (readonly [addresses: RegExp, collection: string])[];
}

const RESOURCE = /(?<![\w.-])((?:data\.)?(?:aws_\w+|terraform_data)\.[A-Za-z][\w-]*)\.([a-z_]+)/g;
const NAMED = /(?<![\w.-])(?:var|local)\.[A-Za-z][\w-]*/g;

/** Which conditions stand behind an address or behind what a text refers to. */
export class Conditions {
  constructor(
    private readonly presence: Presence,
    private readonly addresses: ReadonlySet<string>,
  ) {}

  /** Of a resource; undefined for one that is always there. */
  ofResource(address: string): string | undefined {
    const { resources = [] } = this.presence;
    return resources.find(([pattern]) => pattern.test(address))?.[1];
  }

  /** Of everything that a value refers to, but for `given`, which holds already. */
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

  /** `text` with an index behind every resource that exists once or not at all. */
  indexed(text: string, given: string | undefined): string {
    return text.replace(RESOURCE, (whole, address: string, attribute: string) => {
      const condition = this.addresses.has(address) ? this.ofResource(address) : undefined;
      if (condition === undefined) return whole;
      return condition === given ? `${address}[0].${attribute}` : `one(${address}[*].${attribute})`;
    });
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
