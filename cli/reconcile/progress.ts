import { startProgress, type ProgressLine, type Terminal } from '../../local/run/progress.js';

/** Describes the progress after these seconds of a stage. */
export type LineOf = (seconds: number) => ProgressLine;

/** Shows the progress of one stage after the other. */
export interface Show {
  /** @param stage a name; another one than before starts the time again */
  readonly show: (stage: string, lineOf: LineOf) => void;
  /** Clears the progress bar. */
  end(): void;
}

export function startShow(terminal: Terminal, now = Date.now): Show {
  let stage: string | undefined;
  let started = 0;
  const progress = startProgress<LineOf>({
    terminal,
    lineOf: (lineOf) => lineOf(Math.max(now() - started, 1) / 1000),
    now,
  });
  return {
    show: (name, lineOf) => {
      if (name !== stage) started = now();
      stage = name;
      progress.update(lineOf);
    },
    end: () => {
      progress.end();
    },
  };
}
