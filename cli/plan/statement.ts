import { z } from 'zod';
import { type Fields, referencesOf } from './json.js';

/** A statement of an IAM policy, normalized from JSON or from a policy document. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** Actions; those of NotAction start with `not `. */
  readonly actions: readonly string[];
  /** ARNs, or addresses of resources whose ARN is unknown until the apply. */
  readonly resources: readonly string[];
  /** Principals such as `lambda.amazonaws.com`; empty in a role's policy. */
  readonly principals: readonly string[];
  /** Conditions such as `StringLike s3:prefix a/*`. */
  readonly conditions: readonly string[];
  /** Whether all values are known before the apply. */
  readonly isKnown: boolean;
}

const Texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const JsonStatement = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: Texts.default([]),
  NotAction: Texts.default([]),
  Resource: Texts.default([]),
  NotResource: Texts.default([]),
  Principal: z.union([z.literal('*'), z.record(z.string(), Texts)]).default({}),
  Condition: z.record(z.string(), z.record(z.string(), Texts)).default({}),
});
const JsonPolicy = z.object({
  Statement: z.union([JsonStatement, z.array(JsonStatement)]).transform((value) => [value].flat()),
});

/** Parses the statements of a JSON policy; undefined if the text is not a policy. */
export function tryParsePolicy(text: unknown): Statement[] | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return JsonPolicy.parse(JSON.parse(text)).Statement.map(fromJson);
  } catch {
    return undefined;
  }
}

function fromJson(statement: z.infer<typeof JsonStatement>): Statement {
  const { Sid, Effect, Principal, Condition } = statement;
  const principals = typeof Principal === 'string' ? [Principal] : Object.values(Principal).flat();
  const conditions = Object.entries(Condition).flatMap(([test, variables]) =>
    Object.entries(variables).map(
      ([name, values]) => `${test} ${name} ${sorted(values).join(', ')}`,
    ),
  );
  return {
    sid: Sid,
    effect: Effect,
    isKnown: true,
    actions: sorted([...statement.Action, ...excepted(statement.NotAction)]),
    resources: sorted([...statement.Resource, ...excepted(statement.NotResource)]),
    principals: sorted(principals),
    conditions: sorted(conditions),
  };
}

const MaybeTexts = z
  .array(z.string().nullable())
  .nullish()
  .transform((value) => value ?? []);
const DataStatement = z.object({
  sid: z.string().nullish(),
  effect: z.enum(['Allow', 'Deny']).nullish(),
  actions: MaybeTexts,
  not_actions: MaybeTexts,
  resources: MaybeTexts,
  not_resources: MaybeTexts,
  principals: z.array(z.object({ identifiers: MaybeTexts })).default([]),
  condition: z
    .array(z.object({ test: z.string(), variable: z.string(), values: MaybeTexts }))
    .default([]),
});
const Document = z.object({ statement: z.array(DataStatement) });
const Written = z.object({ statement: z.array(z.record(z.string(), z.unknown())) });

/** The statements of a policy document that is read during the apply. `expressions` name the resources of unknown values. */
export function documentStatements(document: unknown, expressions: Fields): Statement[] {
  const { data } = Document.safeParse(document);
  const written = Written.safeParse(expressions).data?.statement ?? [];
  return (data?.statement ?? []).map((statement, index) =>
    fromData(statement, written[index] ?? {}),
  );
}

function fromData(statement: z.infer<typeof DataStatement>, written: Fields): Statement {
  const { sid, effect, principals, condition } = statement;
  const resources = [...statement.resources, ...excepted(statement.not_resources)];
  const identifiers = principals.flatMap((principal) => principal.identifiers);
  const values = condition.flatMap((one) => one.values);
  return {
    sid: sid ?? undefined,
    effect: effect ?? 'Allow',
    actions: known([...statement.actions, ...excepted(statement.not_actions)]),
    resources: resources.includes(null)
      ? sorted([...known(resources), ...referencesOf(written['resources'])])
      : known(resources),
    principals: known(identifiers),
    conditions: sorted(
      condition.map(
        (one) => `${one.test} ${one.variable} ${known(one.values).join(', ') || UNKNOWN}`,
      ),
    ),
    isKnown: ![...resources, ...identifiers, ...values].includes(null),
  };
}

const UNKNOWN = '(known after apply)';

function known(values: readonly (string | null)[]): string[] {
  return sorted(values.filter((value) => value !== null));
}

function excepted<T extends string | null>(values: readonly T[]): (T | string)[] {
  return values.map((value) => (value === null ? value : `not ${value}`));
}

function sorted(values: readonly string[]): string[] {
  return [...values].sort();
}
