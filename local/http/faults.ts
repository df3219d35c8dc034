/** How a response fails. `hang`: there is none. `half`: the body is cut off. `reset`: the connection is reset. */
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
  | { readonly kind: 'half' };

export interface FaultRequest {
  readonly method: string;
  readonly path: string;
  /** Body of the request, for rules that depend on it. */
  readonly body?: string;
}

export interface FaultRule {
  readonly fault: Fault;
  /** Applies only to the first so many requests that match the other conditions. */
  readonly first?: number;
  readonly when?: (request: FaultRequest) => boolean;
  /** Probability from 0 to 1; the seed decides. */
  readonly probability?: number;
  /** Whether the request is still processed and only its response is lost. @default false */
  readonly afterwards?: boolean;
}

export interface ActiveFault {
  readonly fault: Fault;
  readonly afterwards: boolean;
}

/** Decides for each request which fault it meets, if any: that of the first rule that matches. */
export type FaultPlan = (request: FaultRequest) => ActiveFault | undefined;

export const noFaults: FaultPlan = () => undefined;

/** The same rules and seed give the same faults to the same sequence of requests. */
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

/** Returns a generator of numbers in [0, 1), the same for the same seed (mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
