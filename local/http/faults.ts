/** How an answer goes wrong. `hang`: none ever comes. `half`: the body breaks off. `reset`: the connection does. */
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
  /** For a plan that goes by what is posted. */
  readonly body?: string;
}

export interface FaultRule {
  readonly fault: Fault;
  /** Only the first so many requests that the other conditions let through. */
  readonly first?: number;
  readonly when?: (request: FaultRequest) => boolean;
  /** 0 to 1, drawn from the seed. */
  readonly probability?: number;
  /** The request is carried out all the same and only its answer is lost. @default false */
  readonly afterwards?: boolean;
}

export interface ActiveFault {
  readonly fault: Fault;
  readonly afterwards: boolean;
}

/** Decides for each request which fault it meets, if any; the first rule that applies wins. */
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

/** Numbers in [0, 1) that repeat with the seed (mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
