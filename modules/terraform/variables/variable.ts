/** An input variable of a module. */
export interface Variable {
  /** A type constraint such as `list(string)`. */
  readonly type: string;
  /** Sentences for the README and for Terraform's own documentation. */
  readonly description: string;
  /** A JSON value; null leaves out what the variable is for. @default the variable is required */
  readonly default?: Default;
  readonly rules?: readonly Rule[];
}

type Default = string | number | boolean | null | readonly Default[] | DefaultMap;
interface DefaultMap {
  readonly [key: string]: Default;
}

export type Variables = Readonly<Record<string, Variable>>;

export interface Rule {
  /** An expression that is true for allowed values; SELF stands for the value. */
  readonly condition: string;
  /** The end of the error message "<variable> must ...". */
  readonly must: string;
  /** An expression of the wrong elements, whose JSON ends the message. @default Terraform shows the value */
  readonly wrong?: string;
  /** Whether the rule also applies to null. @default null is allowed if it is the default */
  readonly ofNull?: true;
}

/** What a variable has beyond a row in the table of config keys. */
export interface Extra {
  /** @default the type of the row's kind */
  readonly type?: string;
  /** Replaces the sentences of the row. */
  readonly says?: string;
  /** Sentences after those of the row. */
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

/** `pattern` must match the whole value; it has the syntax of RE2. */
export function matches(pattern: string, must: string): Rule {
  // A backslash is an escape character in a quoted template.
  return { condition: `can(regex("^(?:${pattern.replaceAll('\\', '\\\\')})$", ${VALUE}))`, must };
}

export function oneOf(words: readonly string[]): Rule {
  const list = words.map((word) => JSON.stringify(word)).join(', ');
  return { condition: `contains([${list}], ${VALUE})`, must: `be ${words.join(' or ')}` };
}

/** Applies a rule to each element of a list, or to each value of a map. */
export function each({ condition, must }: Rule): Rule {
  const own = condition.replaceAll(VALUE, 'value');
  return {
    condition: `alltrue([for value in ${VALUE} : ${own}])`,
    must: `each ${must}`,
  };
}

/** Applies a rule to each element of a list of text. The message names the wrong ones, since Terraform shows no more than the length. */
export function eachText(rule: Rule): Rule {
  const own = rule.condition.replaceAll(VALUE, 'value');
  return { ...each(rule), wrong: `[for value in ${VALUE} : value if !(${own})]` };
}

/** Returns the `variable` block in Terraform's JSON syntax. */
export function variableBlock(name: string, { rules = [], ...variable }: Variable): object {
  const mayBeNull = variable.default === null;
  return {
    type: variable.type,
    description: variable.description,
    ...(variable.default !== undefined && { default: variable.default }),
    ...(!mayBeNull && { nullable: false }),
    ...(rules.length > 0 && {
      validation: rules.map(({ condition, must, wrong, ofNull = false }) => ({
        condition: `\${${conditionOf(condition, name, mayBeNull && !ofNull)}}`,
        error_message: `${name} must ${must}.${wrong === undefined ? '' : wrongText(wrong, name)}`,
      })),
    }),
  };
}

/** Terraform evaluates both sides of ||, but reports only the errors of the chosen side of ?. */
function conditionOf(condition: string, name: string, mayBeNull: boolean): string {
  const own = condition.replaceAll(VALUE, `var.${name}`);
  return mayBeNull ? `var.${name} == null ? true : (${own})` : own;
}

function wrongText(wrong: string, name: string): string {
  return ` Wrong: \${jsonencode(${wrong.replaceAll(VALUE, `var.${name}`)})}.`;
}
