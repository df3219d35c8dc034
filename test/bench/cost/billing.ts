import { PRICES } from '../../support/prices.js';

export interface Invocations {
  /** Durations in milliseconds. */
  readonly milliseconds: readonly number[];
  /** Items that each invocation makes. */
  readonly batchSize: number;
  readonly memoryMb: number;
  readonly architecture: keyof (typeof PRICES)['lambdaGbSecond'];
}

export interface Bill {
  readonly gbSeconds: number;
  readonly usd: number;
}

const MILLION = 1e6;

/** What Lambda bills for a million Items made in such invocations: whole milliseconds, and each request. */
export function billOfMillion(invocations: Invocations): Bill {
  const { milliseconds, batchSize, architecture } = invocations;
  const items = milliseconds.length * batchSize;
  const billed = milliseconds.reduce((sum, ms) => sum + gbSecondsOf(ms, invocations), 0);
  const gbSeconds = (billed / items) * MILLION;
  const requests = PRICES.millionLambdaRequests / batchSize;
  return { gbSeconds, usd: gbSeconds * PRICES.lambdaGbSecond[architecture] + requests };
}

/** Returns the GB-seconds of one invocation. */
export function gbSecondsOf(ms: number, { memoryMb }: Pick<Invocations, 'memoryMb'>): number {
  return (Math.ceil(ms) / 1000) * (memoryMb / 1024);
}
