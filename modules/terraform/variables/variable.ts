/** What a module asks of its caller, as Terraform has it. */
export interface Variable {
  /** A type constraint, as `list(string)`. */
  readonly type: string;
  /** For the README and for `terraform console`. */
  readonly description: string;
  /** JSON; null says that what it is for is left out. @default the caller has to give one */
  readonly default?: Default;
  readonly rules?: readonly Rule[];
}

type Default = string | number | boolean | null | readonly Default[] | DefaultMap;
interface DefaultMap {
  readonly [key: string]: Default;
}

export type Variables = Readonly<Record<string, Variable>>;

export interface Rule {
  /** An expression that is true for what is allowed; SELF stands for the value. */
  readonly condition: string;
  /** What is allowed, as the end of "<variable> must ...". */
  readonly must: string;
  /** Whether null is asked, too. @default it is allowed where it is the default */
  readonly ofNull?: true;
}

/** What a variable has beyond a row in the table of config keys. */
export interface Extra {
  /** @default the type of the row's kind */
  readonly type?: string;
  /** Replaces the sentences of the row. */
  readonly says?: string;
  /** Sentences behind those of the row. */
  readonly note?: string;
  readonly rules?: readonly Rule[];
}

/** Stands for the value of the variable in a rule. */
export const VALUE = 'SELF';

export interface Range {
  readonly min: number;
  readonly max: number;
  /** What is counted, in the plural. */
  readonly unit: string;
}

export function wholeNumber({ min, max, unit }: Range): Rule {
  return {
    condition: `floor(${VALUE}) == ${VALUE} && ${VALUE} >= ${min} && ${VALUE} <= ${max}`,
    must: `be a whole number of ${unit} from ${min} to ${max}`,
  };
}

/** `pattern` in RE2's syntax; it has to match the whole value. */
export function matches(pattern: string, must: string): Rule {
  // In a quoted template a backslash escapes.
  return { condition: `can(regex("^(?:${pattern.replaceAll('\\', '\\\\')})$", ${VALUE}))`, must };
}

export function oneOf(words: readonly string[]): Rule {
  const list = words.map((word) => JSON.stringify(word)).join(', ');
  return { condition: `contains([${list}], ${VALUE})`, must: `be ${words.join(' or ')}` };
}

/** The same of each element of a list or of each value of a map. */
export function each({ condition, must }: Rule): Rule {
  const own = condition.replaceAll(VALUE, 'value');
  return {
    condition: `alltrue([for value in ${VALUE} : ${own}])`,
    must: `each ${must}`,
  };
}

/** Terraform's `variable` block, in its JSON syntax. */
export function variableBlock(name: string, { rules = [], ...variable }: Variable): object {
  const mayBeNull = variable.default === null;
  return {
    type: variable.type,
    description: variable.description,
    ...(variable.default !== undefined && { default: variable.default }),
    ...(!mayBeNull && { nullable: false }),
    ...(rules.length > 0 && {
      validation: rules.map(({ condition, must, ofNull = false }) => ({
        condition: `\${${conditionOf(condition, name, mayBeNull && !ofNull)}}`,
        error_message: `${name} must ${must}.`,
      })),
    }),
  };
}

/** Terraform evaluates both sides of ||, but gives only the errors of the chosen side of ?. */
function conditionOf(condition: string, name: string, mayBeNull: boolean): string {
  const own = condition.replaceAll(VALUE, `var.${name}`);
  return mayBeNull ? `var.${name} == null ? true : (${own})` : own;
}
