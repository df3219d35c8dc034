import type { SQSRecord } from 'aws-lambda';
import { MAX_RECEIVE_COUNT } from '../../../lambdas/granule/outcome.js';
import { granuleIdIn, type ChaosMessage, type Poison } from './granules.js';
import type { InjectedFault, Weather } from './weather.js';

/** The summary, printed as the last line. docs/development.md says what each number means. */
export interface ChaosSummary {
  readonly made: number;
  readonly posted: number;
  readonly dead: number;
  readonly outageDead: number;
  readonly lost: number;
  readonly wastedInvocations: number;
  /** Poisonous messages that are not dead letters. */
  readonly missingDead: number;
  /** Messages that were still in the queue when the time was over. */
  readonly waiting: number;
  /** How long the run took on its own clock. */
  readonly minutes: number;
  readonly invocations: number;
  readonly timedOut: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Planned faults that never occurred. */
  readonly notInjected: readonly string[];
  readonly deadByPoison: Readonly<Partial<Record<Poison, number>>>;
  /** The first reasons of dead letters that only have an outage as their cause. */
  readonly outageReasons: readonly string[];
  readonly seconds: number;
}

/** How an invocation ended. After `killed`, nothing that the handler does could have helped. */
export type Ending = 'returned' | 'threw' | 'timed-out' | 'killed';

/** An invocation in progress. */
export interface Invocation {
  readonly ids: ReadonlySet<string>;
  /** Granules that could be posted: not poisonous, not posted before, and none of their own requests failed. */
  readonly possible: Set<string>;
  posts: number;
  /** Whether a service that all granules need has failed. */
  isDisturbed: boolean;
}

interface Death {
  readonly reason: string | undefined;
  /** Number of receives; undefined if SQS moved the message after the last one. */
  readonly receives: number | undefined;
}

interface Account {
  readonly message: ChaosMessage;
  posts: number;
  readonly deaths: Death[];
}

/** What fails at every request as in an outage, but for longer than all receives of a message. */
const OUTLASTING: readonly (Poison | undefined)[] = ['unreadable', 'unpostable'];

/** A container waits so long for one that failed while it requested a token, in seconds. */
const CLAIM_SECONDS = 15;
/** A token that is refused just after it was issued is not replaced for so long. */
const REFUSED_SECONDS = 60;
const SHOWN_REASONS = 5;

/** Records what happened to each message and invocation as the services see it, independently of the handler. */
export class ChaosLedger {
  private readonly accounts: ReadonlyMap<string, Account>;
  private readonly open = new Set<Invocation>();
  private readonly faults: Record<string, number> = {};
  private disturbedUntil = 0;
  private readonly counts = { invocations: 0, timedOut: 0, wasted: 0 };

  constructor(
    messages: readonly ChaosMessage[],
    private readonly now: () => number = Date.now,
  ) {
    this.accounts = new Map(
      messages.map((message) => [message.id, { message, posts: 0, deaths: [] }]),
    );
  }

  get settledCount(): number {
    return [...this.accounts.values()].filter(({ posts, deaths }) => posts + deaths.length > 0)
      .length;
  }

  began(records: readonly SQSRecord[]): Invocation {
    const accounts = records.map(({ body }) => this.find(granuleIdIn(body)));
    const hopeful = accounts.filter(({ message, posts }) => !message.poison && posts === 0);
    const invocation = {
      ids: new Set(accounts.map(({ message }) => message.id)),
      possible: new Set(hopeful.map(({ message }) => message.id)),
      posts: 0,
      isDisturbed: this.now() < this.disturbedUntil,
    };
    this.open.add(invocation);
    return invocation;
  }

  ended(invocation: Invocation, ending: Ending): void {
    this.open.delete(invocation);
    const { posts, possible, isDisturbed } = invocation;
    this.counts.invocations += 1;
    if (ending === 'timed-out') this.counts.timedOut += 1;
    if (ending === 'killed' || posts > 0 || isDisturbed || possible.size === 0) return;
    this.counts.wasted += 1;
  }

  posted(itemId: string): void {
    this.find(itemId).posts += 1;
    for (const invocation of this.open) if (invocation.ids.has(itemId)) invocation.posts += 1;
  }

  died({ body, messageAttributes }: SQSRecord): void {
    const [reason, receives] = ['reason', 'receive_count'].map(
      (name) => messageAttributes[name]?.stringValue,
    );
    const death = { reason, receives: receives === undefined ? undefined : Number(receives) };
    this.find(granuleIdIn(body)).deaths.push(death);
  }

  killed(): void {
    this.count('kill');
  }

  injected({ service, name, id }: InjectedFault): void {
    this.count(name);
    if (id !== undefined) for (const { possible } of this.open) possible.delete(id);
    if (name === 'ingestor 401' || name === 'ingestor 403') this.disturb(REFUSED_SECONDS);
    if (service === 'cognito' || service === 'dynamodb') this.disturb(CLAIM_SECONDS);
  }

  summary(
    { planned }: Weather,
    run: Pick<ChaosSummary, 'waiting' | 'minutes'>,
  ): Omit<ChaosSummary, 'seconds'> {
    const all = [...this.accounts.values()];
    const dead = all.filter(({ deaths }) => deaths.length > 0);
    const outageDead = dead.filter(isOutageDead);
    const deadByPoison: Partial<Record<Poison, number>> = {};
    for (const { message } of dead) {
      if (message.poison) deadByPoison[message.poison] = (deadByPoison[message.poison] ?? 0) + 1;
    }
    const count = (is: (account: Account) => boolean): number => all.filter(is).length;
    return {
      made: all.length,
      posted: count(({ posts }) => posts > 0),
      dead: dead.length,
      outageDead: outageDead.length,
      lost: count(({ posts, deaths }) => posts === 0 && deaths.length === 0) - run.waiting,
      wastedInvocations: this.counts.wasted,
      missingDead: count(({ message, deaths }) => message.poison !== undefined && !deaths.length),
      waiting: run.waiting,
      minutes: run.minutes,
      invocations: this.counts.invocations,
      timedOut: this.counts.timedOut,
      faults: this.faults,
      notInjected: planned.filter((name) => this.faults[name] === undefined),
      deadByPoison,
      outageReasons: outageDead
        .slice(0, SHOWN_REASONS)
        .map(({ message, deaths: [death] }) => `${message.id}: ${death?.reason ?? 'no reason'}`),
    };
  }

  private disturb(seconds: number): void {
    this.disturbedUntil = Math.max(this.disturbedUntil, this.now() + seconds * 1000);
    for (const invocation of this.open) invocation.isDisturbed = true;
  }

  private count(name: string): void {
    this.faults[name] = (this.faults[name] ?? 0) + 1;
  }

  private find(id: string | undefined): Account {
    const account = this.accounts.get(id ?? '');
    if (!account) throw new Error(`granule ${id ?? '(none)'} was never sent`);
    return account;
  }
}

/** Whether a message is dead although it could be posted, or before the last of its receives. */
function isOutageDead({ message, deaths }: Account): boolean {
  if (message.poison === undefined) return true;
  const isEarly = deaths.some(({ receives = Infinity }) => receives < MAX_RECEIVE_COUNT);
  return OUTLASTING.includes(message.poison) && isEarly;
}
