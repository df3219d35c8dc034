import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A line that the Python code, or a program that it started, has printed. */
export type OnPrinted = (line: string, stream: 'stdout' | 'stderr') => void;

const MAX_LINE = 4_000;
/** Lines of stderr that are kept, to say why a process ended. */
const KEPT_LINES = 20;
const FATAL = /^(Fatal Python error|MemoryError|.*: error while loading shared libraries)/;

/** What a process prints, line by line. Long lines are cut. */
export class PrintedLines {
  readonly #lastErrors: string[] = [];

  constructor(child: ChildProcess, onPrinted: OnPrinted) {
    for (const name of ['stdout', 'stderr'] as const) {
      const input = child[name];
      if (input === null) continue;
      createInterface({ input }).on('line', (line) => {
        const text = line.slice(0, MAX_LINE);
        if (name === 'stderr') this.#keep(text);
        onPrinted(text, name);
      });
    }
  }

  /** The line of stderr that says most about the end of the process; undefined if there is none. */
  get decisive(): string | undefined {
    return this.#lastErrors.find((line) => FATAL.test(line)) ?? this.#lastErrors.at(-1);
  }

  #keep(line: string): void {
    if (this.#lastErrors.push(line) > KEPT_LINES) this.#lastErrors.shift();
  }
}
