/**
 * How a request fails.
 * - status: the response has this status instead
 * - redirect: the response redirects to `location`
 * - hang: no response is ever sent
 * - reset: the connection is reset
 * - half: the connection closes in the middle of the body
 * - stall: the body stops in the middle, and the connection stays open
 * - slow: the request is processed, and its response is sent after `ms` milliseconds
 */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'half' }
  | { readonly kind: 'stall' }
  | { readonly kind: 'slow'; readonly ms: number };

export interface FaultRequest {
  readonly method: string;
  readonly path: string;
  /** For plans that depend on the body. */
  readonly body?: string;
}

export interface FaultRule {
  readonly fault: Fault;
  /** Maximum number of requests that fail. @default no limit */
  readonly first?: number;
  readonly when?: (request: FaultRequest) => boolean;
  /** Share of requests that fail, from 0 to 1. @default 1 */
  readonly probability?: number;
  /** If true, the request is processed and only its response is replaced. @default false */
  readonly afterwards?: boolean;
}

export interface ActiveFault {
  readonly fault: Fault;
  readonly afterwards: boolean;
}

/** Returns the fault for a request, or undefined if it succeeds. */
export type FaultPlan = (request: FaultRequest) => ActiveFault | undefined;

export const noFaults: FaultPlan = () => undefined;

/** Returns a plan in which the first matching rule applies. It is deterministic for a seed and a sequence of requests. */
export function faultPlan(rules: readonly FaultRule[], seed = 1): FaultPlan {
  const random = seededRandom(seed);
  const hits = rules.map(() => 0);
  return (request) => {
    for (const [index, rule] of rules.entries()) {
      if (!applies(rule, request, { hits: hits[index] ?? 0, random })) continue;
      hits[index] = (hits[index] ?? 0) + 1;
      return { fault: rule.fault, afterwards: rule.afterwards ?? false };
    }
    return undefined;
  };
}

interface FaultState {
  readonly hits: number;
  readonly random: () => number;
}

function applies(rule: FaultRule, request: FaultRequest, { hits, random }: FaultState): boolean {
  if (rule.first !== undefined && hits >= rule.first) return false;
  if (rule.when && !rule.when(request)) return false;
  return rule.probability === undefined || random() < rule.probability;
}

/** Returns a generator of numbers in [0, 1), deterministic for a seed (mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
