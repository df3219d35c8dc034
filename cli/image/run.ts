import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isDebug } from '../shared/command.js';
import type { Call } from './builders.js';

export interface Run {
  readonly code: number;
  /** What the program wrote to stdout and stderr, in the order of arrival. */
  readonly lines: readonly string[];
}

interface Running {
  /** What the program does, for the lines that say that it still runs. */
  readonly doing: string;
  readonly print: (sentence: string) => void;
}

const STILL_MS = 15_000;
const MAX_SHOWN = 100;

/**
 * Runs a program that takes minutes. Prints its last line every 15 seconds, or all of its lines with DEBUG=1. Rejects if
 * it cannot be started.
 */
export async function runLong([program, ...words]: Call, { doing, print }: Running): Promise<Run> {
  const lines: string[] = [];
  const started = Date.now();
  const debug = isDebug(process.env);
  // With DEBUG, docker would add its own stack traces.
  const env = { ...process.env };
  delete env['DEBUG'];
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      if (debug) print(line);
    });
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    print(`${doing}: ${seconds} s${shown(lines.at(-1))}`);
  }, STILL_MS);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code: code ?? 1, lines });
      });
    });
  } finally {
    clearInterval(timer);
  }
}

function shown(line: string | undefined): string {
  if (line === undefined || line.trim() === '') return '';
  const text = line.trim().replace(/\s+/g, ' ');
  return `, ${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text}`;
}
