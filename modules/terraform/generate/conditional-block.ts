import { allOf, expressionOf } from './expression.js';
import type { Conditions, Presence } from './presence.js';

type Json = Readonly<Record<string, unknown>>;

export interface BlockContext {
  readonly conditions: Conditions;
  readonly presence: Presence;
  /** The condition that already holds inside the block. */
  readonly given: string | undefined;
}

/** Arguments that are maps of environment variables: an absent entry is left out instead of being null. */
const MAPS = ['variables', 'value'];

/**
 * Makes a block cope with absent resources. An argument exists if everything it refers to exists: otherwise text and
 * lists are null, a nested block is `dynamic` over nothing, and an entry of a map is left out.
 */
export function conditionalBlock(block: Json, context: BlockContext): Json {
  const dynamic: Record<string, unknown[]> = {};
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(block)) {
    if (key === 'depends_on') {
      if (Array.isArray(value) && value.length > 0) result[key] = value;
    } else if (isBlocks(value)) splitBlocks(key, value, { ...context, result, dynamic });
    else if (isObject(value) && context.presence.blocks?.[key] !== undefined)
      splitBlocks(key, [value], { ...context, result, dynamic });
    else if (MAPS.includes(key) && isObject(value)) result[key] = sparseMap(value, context);
    else
      result[key] = isObject(value) ? conditionalBlock(value, context) : argument(value, context);
  }
  const blocks = Object.entries(dynamic).map(([key, all]) => [key, all.length > 1 ? all : all[0]]);
  return { ...result, ...(blocks.length > 0 && { dynamic: Object.fromEntries(blocks) as Json }) };
}

interface SplitContext extends BlockContext {
  readonly result: Record<string, unknown>;
  readonly dynamic: Record<string, unknown[]>;
}

function splitBlocks(label: string, blocks: readonly Json[], context: SplitContext): void {
  const { result, dynamic, ...own } = context;
  for (const block of blocks) {
    const forEach = iteration(label, block, own);
    if (forEach === undefined) {
      result[label] = [...((result[label] ?? []) as unknown[]), conditionalBlock(block, own)];
    } else {
      const given = own.conditions.ofValue(block, own.given)[0] ?? own.given;
      const content = conditionalBlock(block, { ...own, given });
      dynamic[label] = [...(dynamic[label] ?? []), { for_each: `\${${forEach}}`, content }];
    }
  }
}

/** Returns the collection that a block is repeated over; undefined for a block that always exists once. */
function iteration(label: string, block: Json, context: BlockContext): string | undefined {
  const { conditions, presence, given } = context;
  const mentions = new RegExp(`\\b${label}\\.(value|key)\\b`).test(JSON.stringify(block));
  if (mentions) return presence.repeats?.[label];
  const own = presence.blocks?.[label];
  if (own !== undefined) return `${own} ? [1] : []`;
  const needed = conditions.ofValue(block, given);
  return needed.length === 0 ? undefined : `${allOf(needed)} ? [1] : []`;
}

function argument(value: unknown, { conditions, given }: BlockContext): unknown {
  if (Array.isArray(value)) return listArgument(value, { conditions, given });
  if (typeof value !== 'string') return value;
  const needed = conditions.ofValue(value, given);
  const indexed = conditions.indexed(value, given);
  if (value.includes('"metrics" = ')) return sparseMetrics(indexed);
  // A reference by itself is already null, and functions accept null.
  if (needed.length === 0 || /^\$\{[^}]*\}$/.test(value) || /^\$\{\w+\(/.test(value))
    return indexed;
  return `\${${allOf(needed)} ? ${expressionOf(indexed)} : null}`;
}

function listArgument(
  values: readonly unknown[],
  { conditions, given }: Pick<BlockContext, 'conditions' | 'given'>,
): unknown {
  const needed = conditions.ofValue(values, given);
  const indexed = values.map((value) =>
    typeof value === 'string' ? conditions.indexed(value, given) : value,
  );
  if (needed.length === 0) return indexed;
  return `\${${allOf(needed)} ? ${expressionOf(indexed)} : null}`;
}

function sparseMap(map: Json, { conditions, given }: BlockContext): unknown {
  const always: Record<string, unknown> = {};
  const sometimes = new Map<string, Record<string, unknown>>();
  for (const [key, value] of Object.entries(map)) {
    const needed = conditions.ofValue(value, given);
    const indexed = typeof value === 'string' ? conditions.indexed(value, given) : value;
    if (needed.length === 0) always[key] = indexed;
    else {
      const condition = allOf(needed);
      sometimes.set(condition, { ...sometimes.get(condition), [key]: indexed });
    }
  }
  if (sometimes.size === 0) return always;
  const maps = [...sometimes].map(
    ([condition, entries]) => `${condition} ? ${expressionOf(entries)} : {}`,
  );
  return `\${merge(${[expressionOf(always), ...maps].join(', ')})}`;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBlocks(value: unknown): value is readonly Json[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}

/** CloudWatch writes a metric as namespace, name, dimension, value of the dimension. */
const VALUE_INDEX = 3;
const LIST = '"metrics" = ';

/** Removes metrics of absent resources from the lists of a dashboard's body, which is an HCL expression. */
export function sparseMetrics(expression: string): string {
  const [head = '', ...lists] = expression.split(LIST);
  return lists.reduce((done, text) => {
    const end = endOfList(text);
    const list = text.slice(0, end);
    const sparse = `[for metric in ${list} : metric if metric[${VALUE_INDEX}] != null]`;
    return `${done}${LIST}${list.includes('one(') ? sparse : list}${text.slice(end)}`;
  }, head);
}

function endOfList(text: string): number {
  let depth = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]]/g)) {
    depth += bracket === '[' ? 1 : -1;
    if (depth === 0) return index + 1;
  }
  throw new Error(`list without a closing bracket: ${text.slice(0, 80)}`);
}
