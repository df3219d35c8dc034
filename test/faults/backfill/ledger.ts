import { ROW_BYTES, tryBenchIndex } from './keys.js';

/** The summary, printed as the last line. */
export interface BackfillBenchSummary {
  /** Number of current objects in the inventory. */
  readonly keys: number;
  /** Messages that the queue accepted, including repeated ones. */
  readonly sent: number;
  /** Keys without a message in the queue. */
  readonly lost: number;
  /** Messages beyond the first one of each key. */
  readonly repeated: number;
  /** Messages for keys that are not current objects. */
  readonly unexpected: number;
  readonly kills: number;
  readonly seconds: number;
}

/** Counts the messages in the queue by key. */
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
  /** Number of requested kills. */
  readonly kills: number;
  readonly pageBytes: number;
}

/** The problems of a run, one sentence each. */
export function backfillFailures(
  summary: BackfillBenchSummary,
  { kills, pageBytes }: BenchPromise,
): string[] {
  const { lost, repeated, unexpected } = summary;
  const mayRepeat = summary.kills * Math.ceil(pageBytes / ROW_BYTES);
  const failures: readonly [boolean, string][] = [
    [lost > 0, `${lost} keys were lost: the queue has no message for them`],
    [unexpected > 0, `${unexpected} messages are for keys that are not current objects`],
    [
      repeated > mayRepeat,
      `${repeated} messages were repeated: more than a page (${mayRepeat} in all) for each kill`,
    ],
    [summary.kills !== kills, `${summary.kills} of ${kills} kills took place`],
  ];
  return failures.filter(([isBroken]) => isBroken).map(([, sentence]) => sentence);
}
