import type { BenchMessage, Poison } from './messages.js';

/** The last line of the fault bench, by messages. */
export interface BenchSummary {
  /** Put on the queue, each at least once. */
  readonly made: number;
  /** With an Item in the ingestor. */
  readonly posted: number;
  readonly dead: number;
  /** Neither posted nor dead. */
  readonly lost: number;
  /** Posts that the ingestor took beyond one for each message. */
  readonly doubled: number;
  /** Dead letters that could have been posted, or have no reason. */
  readonly unexpectedlyDead: number;
  /** Messages that can never succeed and are not dead. */
  readonly missingDead: number;
  /** Dead letters beyond one for each message. */
  readonly deadTwice: number;
  readonly duplicates: number;
  readonly kills: number;
  /** Tokens that were issued, and those of them for which there was no need. */
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

/** What became of each message, as the services saw it and not as the handler says. */
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
    if (!account) throw new Error(`nobody sent a message ${messageId}`);
    return account;
  }
}

/** Why the bench failed, a sentence each; empty where it passed. */
export function benchFailures(summary: BenchSummary): string[] {
  const { lost, unexpectedlyDead, missingDead, needlessTokens, kills } = summary;
  return [
    ...(lost > 0 ? [`${lost} messages were lost: neither posted nor dead`] : []),
    ...(unexpectedlyDead > 0
      ? [`${unexpectedlyDead} messages are dead that could have been posted, or without a reason`]
      : []),
    ...(missingDead > 0 ? [`${missingDead} messages that can never succeed are not dead`] : []),
    // A worker killed between its request and its write to the table leaves a token that nobody knows of.
    ...(needlessTokens > kills
      ? [`${needlessTokens} tokens were requested while the last one would have done`]
      : []),
  ];
}
