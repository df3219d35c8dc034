/** What a row of the table of config keys says about a key, whatever its kind. */
interface Described {
  /** What the value is, as a phrase in lower case; it becomes a sentence in the documentation. */
  readonly says: string;
  /** Further sentences for the documentation. */
  readonly note?: string;
  /** @default false */
  readonly required?: true;
  /** Whether environments/<PROJECT>.yaml may give it for all pipelines. @default true for numbers, false for others */
  readonly shared?: true;
  /** Keys that have to be given with this one, each with the reason. */
  readonly needs?: Readonly<Record<string, string>>;
  /** What applies without a value, for a key that has no default. @default none */
  readonly unset?: string;
  /** Takes precedence over a default that does not depend on other keys, which Terraform variables have. */
  readonly defaultFrom?: DerivedDefault;
}

/** A default that depends on other keys. */
interface DerivedDefault {
  /** The default in words, for the documentation. */
  readonly says: string;
  readonly of: (config: DefaultSource) => unknown;
}

/** The keys that a default may depend on. */
export interface DefaultSource {
  readonly secret_arn: string;
  readonly inventory_location?: string;
  readonly python_function?: string;
}

interface NumberField extends Described {
  readonly kind: 'number';
  readonly default?: number;
}

/** A whole number from `min` to `max`. */
export interface RangeField extends NumberField {
  readonly min: number;
  readonly max: number;
  /** The unit in the plural, such as `seconds`. */
  readonly unit: string;
}

/** One of a few numbers. */
export interface NumberChoiceField extends NumberField {
  readonly values: readonly [number, ...number[]];
}

interface BooleanField extends Described {
  readonly kind: 'boolean';
  readonly default?: boolean;
}

interface ChoiceField extends Described {
  readonly kind: 'choice';
  readonly values: readonly [string, ...string[]];
  readonly default?: string;
}

interface TextField extends Described {
  readonly kind: 'text';
  /** Returns the value for the config, such as a normalized date. Throws FieldError. */
  readonly parse: (value: string) => string;
  /** The allowed values, as Markdown for the documentation. */
  readonly allowed: string;
  readonly default?: string;
}

interface ListField extends Described {
  readonly kind: 'list';
  /** Parses one element. Throws FieldError. */
  readonly parse: (value: string) => string;
  /** The form of the elements, such as `s3://bucket/prefix`, for error messages. */
  readonly of: string;
  /** Rules for the whole list. */
  readonly rules?: readonly ListRule[];
  readonly allowed: string;
  readonly default?: readonly string[];
}

interface ListRule {
  /** The end of the error message "must ...". */
  readonly must: string;
  readonly holds: (list: readonly string[]) => boolean;
}

interface MappingField extends Described {
  readonly kind: 'mapping';
  readonly values: 'text' | 'any';
  /** The content of the mapping, such as `tags to values`, for error messages. */
  readonly of: string;
  /** Checks the whole mapping. Throws FieldError. */
  readonly parse: (mapping: never) => unknown;
  readonly allowed: string;
  readonly default?: Readonly<Record<string, string>>;
}

/** A row of the table of config keys. */
export type Field =
  | RangeField
  | NumberChoiceField
  | BooleanField
  | ChoiceField
  | TextField
  | ListField
  | MappingField;

export type Fields = Readonly<Record<string, Field>>;

/** The type of a key's value. */
type ValueOf<F> = F extends { readonly kind: 'choice'; readonly values: readonly (infer Word)[] }
  ? Word
  : F extends { readonly kind: 'mapping'; readonly values: 'text' }
    ? Readonly<Record<string, string>>
    : F extends { readonly kind: infer Kind extends keyof ValueOfKind }
      ? ValueOfKind[Kind]
      : never;

interface ValueOfKind {
  number: number;
  boolean: boolean;
  text: string;
  list: readonly string[];
  mapping: Readonly<Record<string, unknown>>;
}

type KeysWith<Table, Property> = {
  [Key in keyof Table]: Table[Key] extends Property ? Key : never;
}[keyof Table];

type Values<Table, Present extends keyof Table> = {
  readonly [Key in Present]: ValueOf<Table[Key]>;
} & { readonly [Key in Exclude<keyof Table, Present>]?: ValueOf<Table[Key]> };

/** The content of a config.yaml: only the required keys are certain to be there. */
export type Written<Table> = Values<Table, KeysWith<Table, { readonly required: true }>>;

/** The content of a config.yaml after the defaults are filled in. */
export type Filled<Table> = Values<
  Table,
  KeysWith<
    Table,
    { readonly required: true } | { readonly default: unknown } | { readonly defaultFrom: unknown }
  >
>;

export type NumberKeyOf<Table> = KeysWith<Table, { readonly kind: 'number' }>;
