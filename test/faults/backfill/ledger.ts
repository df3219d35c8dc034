import { ROW_BYTES, tryBenchIndex } from './keys.js';

/** The last line of the bench. */
export interface BackfillBenchSummary {
  /** Current objects of the inventory. */
  readonly keys: number;
  /** Messages that the queue took, repeated ones included. */
  readonly sent: number;
  /** Keys of which the queue took no message. */
  readonly lost: number;
  /** Messages beyond one for each key. */
  readonly repeated: number;
  /** Messages of what is no current object. */
  readonly unexpected: number;
  readonly kills: number;
  readonly seconds: number;
}

/** What the queue took, key by key. */
export class BackfillBenchLedger {
  sent = 0;
  private unexpected = 0;
  private readonly times: Uint16Array;
  private readonly started = Date.now();

  constructor(private readonly keys: number) {
    this.times = new Uint16Array(keys);
  }

  take(bodies: readonly string[]): void {
    for (const body of bodies) {
      const { key } = JSON.parse(body) as { readonly key: string };
      const index = tryBenchIndex(key);
      if (index === undefined || index >= this.keys) this.unexpected += 1;
      else this.times[index] = (this.times[index] ?? 0) + 1;
    }
    this.sent += bodies.length;
  }

  summary(kills: number): BackfillBenchSummary {
    const { keys, sent, unexpected } = this;
    const lost = this.times.reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0);
    const repeated = sent - unexpected - (keys - lost);
    const seconds = (Date.now() - this.started) / 1000;
    return { keys, sent, lost, repeated, unexpected, kills, seconds };
  }
}

export interface BenchPromise {
  /** Kills that were asked for. */
  readonly kills: number;
  readonly pageBytes: number;
}

/** What the backfill did not hold, a sentence each. */
export function backfillFailures(
  summary: BackfillBenchSummary,
  { kills, pageBytes }: BenchPromise,
): string[] {
  const { lost, repeated, unexpected } = summary;
  const mayRepeat = summary.kills * Math.ceil(pageBytes / ROW_BYTES);
  const failures: readonly [boolean, string][] = [
    [lost > 0, `${lost} keys were lost: the queue took no message of them`],
    [unexpected > 0, `${unexpected} messages are of no current object`],
    [
      repeated > mayRepeat,
      `${repeated} messages were repeated: more than a page (${mayRepeat} in all) for each kill`,
    ],
    [summary.kills !== kills, `${summary.kills} of ${kills} kills took place`],
  ];
  return failures.filter(([isBroken]) => isBroken).map(([, sentence]) => sentence);
}
