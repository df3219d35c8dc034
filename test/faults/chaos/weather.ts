import { seededRandom, type Fault, type FaultPlan } from '../../../local/http/faults.js';
import { numbersOf } from '../messages/faults.js';
import { granuleIdIn } from './granules.js';
import { activeFault, FAULTS, MINUTE_MS, type FaultName, type Service } from './kinds.js';

interface Failing {
  readonly faults: readonly FaultName[];
  /** Share of the requests to the service that fail, from 0 to 1. */
  readonly share: number;
}

interface Outage extends Failing {
  readonly service: Service;
  readonly minutes: number;
}

/** A time in which a service fails, in milliseconds after the start. */
interface Spell extends Failing {
  readonly service: Service;
  readonly fromMs: number;
  readonly toMs: number;
}

const S3_FAULTS = ['s3 hang', 's3 stall', 's3 error', 's3 slowDown'] as const;
const COGNITO_FAULTS = ['cognito error', 'cognito down', 'cognito hang'] as const;
const SQS_FAULTS = ['sqs refused', 'sqs error'] as const;
const DOWN = ['ingestor down', 'ingestor down', 'ingestor down', 'ingestor hang'] as const;
const BUSY = ['ingestor 400', 'ingestor 429', 'ingestor 500', 'ingestor 503'] as const;
const REFUSING = ['ingestor 401', 'ingestor 403'] as const;

/** One after the other, in an order that depends on the seed: 29 minutes. */
const STORM: readonly Outage[] = [
  { service: 's3', faults: S3_FAULTS, share: 0.6, minutes: 4 },
  { service: 'cognito', faults: COGNITO_FAULTS, share: 1, minutes: 4 },
  { service: 'ingestor', faults: DOWN, share: 1, minutes: 12 },
  { service: 'ingestor', faults: BUSY, share: 1, minutes: 4 },
  { service: 'ingestor', faults: REFUSING, share: 1, minutes: 2 },
  { service: 'ingestor', faults: ['ingestor slow'], share: 0.7, minutes: 3 },
];
/** At the same time as the others. */
const BESIDE: readonly Outage[] = [
  { service: 'dynamodb', faults: ['dynamodb throttled'], share: 0.9, minutes: 4 },
  { service: 'sqs', faults: SQS_FAULTS, share: 0.5, minutes: 6 },
];
/** What fails at any other time. */
const ALWAYS: Readonly<Record<Service, Failing>> = {
  s3: { faults: S3_FAULTS, share: 0.03 },
  cognito: { faults: ['cognito error'], share: 0.05 },
  ingestor: { faults: ['ingestor 500', 'ingestor 429', 'ingestor down'], share: 0.02 },
  dynamodb: { faults: ['dynamodb throttled'], share: 0.03 },
  sqs: { faults: SQS_FAULTS, share: 0.03 },
};
/** Minutes before the first outage. */
const CALM_MINUTES = 3;
const KILLS = 6;
/** What a service answers to every request for a poisonous granule. */
const POISONED: Readonly<Record<string, Fault>> = {
  'ingestor refused': { kind: 'status', status: 422, body: '{"detail":"no such asset"}' },
  'ingestor unpostable': FAULTS['ingestor 500'],
  's3 unreadable': FAULTS['s3 slowDown'],
};
/** How long a service takes that is well. */
const LATENCY_MS: Readonly<Record<Service, number>> = {
  s3: 30,
  cognito: 200,
  ingestor: 150,
  dynamodb: 8,
  sqs: 15,
};

export interface Weather {
  readonly spells: readonly Spell[];
  /** When a process is killed, in milliseconds after the start, ascending. */
  readonly killsAtMs: readonly number[];
  /** Every fault that must occur. */
  readonly planned: readonly (FaultName | 'kill')[];
}

/** The faults of a seed. */
export function weatherOf(seed: number): Weather {
  const random = seededRandom(seed + 1);
  const order = STORM.map((outage) => ({ outage, key: random() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ outage }) => outage);
  let end = CALM_MINUTES;
  const storm = order.map((outage) => {
    end += outage.minutes;
    return spellOf(outage, end - outage.minutes);
  });
  const beside = BESIDE.map((outage) =>
    spellOf(outage, CALM_MINUTES + random() * (end - CALM_MINUTES - outage.minutes)),
  );
  const spells = [...storm, ...beside];
  const kills = Array.from({ length: KILLS }, () => random() * end * MINUTE_MS);
  return {
    spells,
    killsAtMs: kills.toSorted((one, other) => one - other),
    planned: [...new Set(spells.flatMap(({ faults }) => faults)), 'kill'],
  };
}

function spellOf({ service, faults, share, minutes }: Outage, from: number): Spell {
  return { service, faults, share, fromMs: from * MINUTE_MS, toMs: (from + minutes) * MINUTE_MS };
}

/** A fault that was injected. `id` is the granule of the request; undefined for a request that serves several. */
export interface InjectedFault {
  readonly service: Service;
  readonly name: FaultName;
  readonly id: string | undefined;
}

export interface PlanOptions {
  readonly seed: number;
  readonly weather: Weather;
  readonly elapsedMs: () => number;
  readonly onFault: (fault: InjectedFault) => void;
}

/**
 * Returns the faults of a service. Whether a request fails depends on the seed, the time, and how often the same was
 * requested before; the faults of an outage take turns, so that each occurs although there are few requests.
 */
export function faultsOf(service: Service, options: PlanOptions): FaultPlan {
  const { seed, weather, elapsedMs, onFault } = options;
  const attempts = new Map<string, number>();
  let turn = seed;
  return (request) => {
    const { path, body = '' } = request;
    // The path of an object names its granule, and a post its Item.
    const id = service === 's3' || service === 'ingestor' ? granuleIdIn(path + body) : undefined;
    const what = `${service} ${path} ${id ?? ''}`;
    const attempt = (attempts.get(what) ?? 0) + 1;
    attempts.set(what, attempt);
    const poisoned = POISONED[`${service} ${id?.split('-')[0]}`];
    if (poisoned !== undefined) return { fault: poisoned, afterwards: false };
    const [happens, when] = numbersOf(`${seed} ${what} ${attempt}`);
    const now = elapsedMs();
    const spell = weather.spells.find(
      (one) => one.service === service && one.fromMs <= now && now < one.toMs,
    );
    const { share, faults } = spell ?? ALWAYS[service];
    if (happens >= share)
      return { fault: { kind: 'slow', ms: LATENCY_MS[service] }, afterwards: false };
    const name = faults[turn % faults.length];
    if (name === undefined) return undefined;
    turn += 1;
    onFault({ service, name, id });
    return activeFault(name, request, when);
  };
}
