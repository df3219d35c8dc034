import { createHash } from 'node:crypto';
import { type ActiveFault, type Fault, type FaultPlan } from '../../../local/http/faults.js';
import { pick } from './messages.js';

/** Fraction of the requests to the ingestor and the token endpoint that fail. */
export const FAULT_SHARE = 0.1;

const TRANSIENT_422 = JSON.stringify({
  detail: [
    {
      type: 'value_error',
      loc: ['body', 'collection'],
      msg: "Value error, Invalid collection 'bench', received 503 response code from STAC API",
    },
  ],
});
const PERMANENT_422 = JSON.stringify({
  detail: [
    {
      type: 'value_error',
      loc: ['body', 'assets', 'data', 'href'],
      msg: 'Value error, Asset not accessible: 403 Forbidden',
    },
  ],
});

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 422, body: TRANSIENT_422 },
  { kind: 'reset' },
  { kind: 'hang' },
  { kind: 'redirect', location: 'https://example.com/moved' },
  { kind: 'half' },
];

/**
 * Faults of the ingestor, which depend on the seed, the Item and its number of earlier posts, but not on the order of
 * the posts.
 */
export function benchFaults(seed: number, count: (name: string) => void): FaultPlan {
  const attempts = new Map<string, number>();
  return ({ method, body = '' }) => {
    const id = /"id":"([^"]+)"/.exec(body)?.[1];
    if (method !== 'POST' || id === undefined) return undefined;
    if (id.startsWith('refused')) {
      return { fault: { kind: 'status', status: 422, body: PERMANENT_422 }, afterwards: false };
    }
    const attempt = (attempts.get(id) ?? 0) + 1;
    attempts.set(id, attempt);
    const active = faultAt(`${seed} ${id} ${attempt}`);
    if (active) count(nameOf(active));
    return active;
  };
}

/** Faults of the token endpoint, which depend on the seed and the number of the request. */
export function tokenFaults(seed: number): FaultPlan {
  let calls = 0;
  return () => {
    calls += 1;
    const [at] = numbersOf(`${seed} token ${calls}`);
    return at < FAULT_SHARE
      ? { fault: { kind: 'status', status: 500 }, afterwards: false }
      : undefined;
  };
}

function faultAt(name: string): ActiveFault | undefined {
  const [happens, which, when] = numbersOf(name);
  if (happens >= FAULT_SHARE) return undefined;
  // Half of the faults occur after the Item was accepted, so that only the response is lost.
  return { fault: pick(FAULTS, which), afterwards: when < 0.5 };
}

function nameOf({ fault }: ActiveFault): string {
  return fault.kind === 'status' ? String(fault.status) : fault.kind;
}

/** Hashes a text to three numbers in [0, 1). */
export function numbersOf(name: string): [number, number, number] {
  const hash = createHash('sha256').update(name).digest();
  const at = (offset: number): number => hash.readUInt32BE(offset) / 2 ** 32;
  return [at(0), at(4), at(8)];
}
