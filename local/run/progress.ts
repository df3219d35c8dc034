/** The counts that the progress of a local run shows. */
export interface ProgressCounts {
  readonly done: number;
  /** Undefined while the input is still being read. */
  readonly total: number | undefined;
  readonly failed: number;
}

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** What the progress shows at one time. */
export interface ProgressLine {
  readonly text: string;
  /** Fraction that is done, 0 to 1, which the bar shows. @default no bar */
  readonly share?: number | undefined;
}

export interface ProgressOptions<T> {
  readonly terminal: Terminal;
  /** Describes the state after these seconds. */
  readonly lineOf: (state: T, seconds: number) => ProgressLine;
  /** Returns the time in milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface Progress<T> {
  update(state: T): void;
  /** Clears the progress bar. */
  end(): void;
}

const BAR_EVERY_MS = 100;
const FIRST_LINE_MS = 5000;
const LINE_EVERY_MS = 60_000;
const BAR_WIDTH = 24;

/**
 * Shows a progress bar on a terminal. Otherwise it writes lines, ever less often: after 5, 10, 20 and 40 seconds, and
 * later once a minute.
 */
export function startProgress<T>({
  terminal,
  lineOf,
  now = Date.now,
}: ProgressOptions<T>): Progress<T> {
  const started = now();
  let due = started + (terminal.isTTY ? BAR_EVERY_MS : FIRST_LINE_MS);
  let drawn = false;
  return {
    update(state) {
      const time = now();
      if (time < due) return;
      const every = Math.min(Math.max(time - started, FIRST_LINE_MS), LINE_EVERY_MS);
      due = time + (terminal.isTTY ? BAR_EVERY_MS : every);
      drawn = true;
      const line = lineOf(state, (time - started) / 1000);
      terminal.write(
        terminal.isTTY ? `\r${fitted(line, terminal.columns)}\u001b[K` : `${line.text}\n`,
      );
    },
    end() {
      if (terminal.isTTY && drawn) terminal.write('\r\u001b[K');
    },
  };
}

/** Returns a function that prints stacks between the lines of the progress, and each place only once. */
export function stackPrinter(terminal: Terminal): (stack: string) => void {
  const printed = new Set<string>();
  return (stack) => {
    const frames = stack.slice(stack.indexOf('\n'));
    if (printed.has(frames)) return;
    printed.add(frames);
    terminal.write(`${terminal.isTTY ? '\r\u001b[K' : ''}${stack}\n`);
  };
}

/** The bar gives way to the text on a narrow terminal. A terminal of unknown width reports 0. */
function fitted({ text, share }: ProgressLine, columns = 0): string {
  const width = columns > 0 ? columns : 80;
  const whole = share === undefined ? text : `${bar(share)} ${text}`;
  return whole.length <= width ? whole : text.slice(0, width);
}

function bar(share: number): string {
  const filled = Math.round(Math.min(Math.max(share, 0), 1) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
}

/** The progress of a local run: messages, and how many of them failed. */
export function messageLine(counts: ProgressCounts, seconds: number): ProgressLine {
  const { done, total, failed } = counts;
  const rate = seconds > 0 ? done / seconds : 0;
  const parts = [
    total === undefined ? `${done} messages` : `${done} of ${total} messages`,
    `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
  ];
  if (total !== undefined && rate > 0) parts.push(`${duration((total - done) / rate)} left`);
  if (failed > 0) parts.push(`${failed} failed`);
  return { text: parts.join(', '), share: total ? done / total : undefined };
}

/** Formats a duration, for example `42 s`, `3 min 20 s` or `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
