import type { BenchMessage, Poison } from './messages.js';

/** The summary, printed as the last line. All numbers count messages unless stated otherwise. */
export interface BenchSummary {
  /** Messages put on the queue, each at least once. */
  readonly made: number;
  /** Messages whose Item is in the ingestor. */
  readonly posted: number;
  readonly dead: number;
  /** Messages that are neither posted nor dead letters. */
  readonly lost: number;
  /** Accepted posts beyond the first one of each message. */
  readonly doubled: number;
  /** Dead letters that could have been posted, or have no reason. */
  readonly unexpectedlyDead: number;
  /** Messages that cannot succeed but are not dead letters. */
  readonly missingDead: number;
  /** Dead letters beyond the first one of each message. */
  readonly deadTwice: number;
  readonly duplicates: number;
  readonly kills: number;
  /** Number of issued tokens. */
  readonly tokens: number;
  readonly needlessTokens: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly deadByKind: Readonly<Record<Poison, number>>;
  readonly seconds: number;
}

interface Account {
  readonly message: BenchMessage;
  posts: number;
  deaths: number;
  hasReason: boolean;
}

export interface RunCounts {
  readonly kills: number;
  readonly tokens: { readonly issued: number; readonly needless: number };
}

/** Records the outcome of each message as the services see it, independently of the handler. */
export class FaultBenchLedger {
  private readonly accounts: ReadonlyMap<string, Account>;
  private readonly faults: Record<string, number> = {};
  private readonly settled = new Set<string>();
  private readonly started = Date.now();

  constructor(messages: readonly BenchMessage[]) {
    this.accounts = new Map(
      messages.map((message) => [message.id, { message, posts: 0, deaths: 0, hasReason: true }]),
    );
  }

  get settledCount(): number {
    return this.settled.size;
  }

  posted(itemId: string): void {
    this.find(itemId).posts += 1;
  }

  died(messageId: string, reason: string | undefined): void {
    const account = this.find(messageId);
    account.deaths += 1;
    account.hasReason &&= reason !== undefined && reason !== '';
  }

  acknowledged(messageId: string): void {
    this.settled.add(this.find(messageId).message.id);
  }

  fault(name: string): void {
    this.faults[name] = (this.faults[name] ?? 0) + 1;
  }

  summary({ kills, tokens }: RunCounts): BenchSummary {
    const all = [...this.accounts.values()];
    const dead = all.filter(({ deaths }) => deaths > 0);
    const poisoned = (poison: Poison) =>
      dead.filter(({ message }) => message.poison === poison).length;
    const count = (is: (account: Account) => boolean): number => all.filter(is).length;
    return {
      made: all.length,
      posted: count(({ posts }) => posts > 0),
      dead: dead.length,
      lost: count(({ posts, deaths }) => posts === 0 && deaths === 0),
      doubled: all.reduce((sum, { posts }) => sum + Math.max(0, posts - 1), 0),
      unexpectedlyDead: dead.filter(
        ({ message, hasReason }) => message.poison === undefined || !hasReason,
      ).length,
      missingDead: count(({ message, deaths }) => message.poison !== undefined && deaths === 0),
      deadTwice: dead.reduce((sum, { deaths }) => sum + deaths - 1, 0),
      duplicates: count(({ message }) => message.copies === 2),
      kills,
      tokens: tokens.issued,
      needlessTokens: tokens.needless,
      faults: this.faults,
      deadByKind: {
        malformed: poisoned('malformed'),
        broken: poisoned('broken'),
        refused: poisoned('refused'),
      },
      seconds: (Date.now() - this.started) / 1000,
    };
  }

  private find(messageId: string): Account {
    const account = this.accounts.get(messageId.replace(/#again$/, ''));
    if (!account) throw new Error(`message ${messageId} was never sent`);
    return account;
  }
}

/** The problems of a run, one sentence each; empty if it passed. */
export function benchFailures(summary: BenchSummary): string[] {
  const { lost, unexpectedlyDead, missingDead, needlessTokens, kills } = summary;
  return [
    ...(lost > 0 ? [`${lost} messages were lost: they are neither posted nor dead letters`] : []),
    ...(unexpectedlyDead > 0
      ? [`${unexpectedlyDead} dead letters could have been posted, or have no reason`]
      : []),
    ...(missingDead > 0
      ? [`${missingDead} messages that cannot succeed are not dead letters`]
      : []),
    // A worker killed between the request of a token and its write to the table leaves an unused token behind.
    ...(needlessTokens > kills
      ? [`${needlessTokens} tokens were requested while the last one was still valid`]
      : []),
  ];
}
