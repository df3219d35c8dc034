/** The counts that the progress shows. */
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

export interface Progress {
  update(counts: ProgressCounts): void;
  /** Clears the progress bar. */
  end(): void;
}

const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 5000;
const BAR_WIDTH = 24;

/** Shows a progress bar on a terminal; otherwise writes a line every few seconds. */
export function startProgress(terminal: Terminal, now: () => number = Date.now): Progress {
  const started = now();
  const every = terminal.isTTY ? BAR_EVERY_MS : LINE_EVERY_MS;
  let shown = started;
  let drawn = false;
  return {
    update(counts) {
      if (now() - shown < every) return;
      shown = now();
      drawn = true;
      const text = progressText(counts, (shown - started) / 1000);
      // A terminal of unknown width reports 0.
      const { columns = 0 } = terminal;
      const width = columns > 0 ? columns : 80;
      const line = terminal.isTTY
        ? `\r${(bar(counts) + text).slice(0, width)}\u001b[K`
        : `${text}\n`;
      terminal.write(line);
    },
    end() {
      if (terminal.isTTY && drawn) terminal.write('\r\u001b[K');
    },
  };
}

export function progressText({ done, total, failed }: ProgressCounts, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const parts = [
    total === undefined ? `${done} messages` : `${done} of ${total} messages`,
    `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
  ];
  if (total !== undefined && rate > 0) parts.push(`${duration((total - done) / rate)} left`);
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.join(', ');
}

function bar({ done, total }: ProgressCounts): string {
  if (!total) return '';
  const filled = Math.round((Math.min(done, total) / total) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] `;
}

/** Formats a duration, for example `42 s`, `3 min 20 s` or `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}
