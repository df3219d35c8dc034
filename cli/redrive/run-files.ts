import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import { BACKFILL_ATTRIBUTE, backfillAttributes } from '../../lambdas/queue/attributes.js';
import type { QueueMessage } from '../../lambdas/queue/queue.js';
import { writeWhole } from '../../local/files/whole-file.js';
import { RUN_FILES } from '../../local/run/file-names.js';

/** The files of a local run that a redrive reads and writes. */
export interface RunFiles {
  readonly path: string;
  readonly deadLetters: string;
  /** Holds the dead letters that a redrive took out and has not finished. */
  readonly inProgress: string;
  readonly state: string;
}

const LineSchema = z.object({
  messageId: z.string(),
  body: z.string(),
  attributes: z._default(z.record(z.string(), z.string()), {}),
});

export function runFiles(path: string): RunFiles {
  return {
    path,
    deadLetters: join(path, RUN_FILES.deadLetters),
    inProgress: join(path, RUN_FILES.redrive),
    state: join(path, RUN_FILES.state),
  };
}

/** Moves the dead letters `ids` to the file of those in progress. Returns their number. Throws OutputError. */
export function takeOut({ deadLetters, inProgress }: RunFiles, ids: ReadonlySet<string>): number {
  const lines = linesOf(deadLetters);
  const isChosen = (line: string): boolean => ids.has(tryParseLine(line)?.messageId ?? '');
  const chosen = lines.filter(isChosen);
  if (chosen.length === 0) return 0;
  writeWhole(inProgress, textOf(chosen));
  writeWhole(deadLetters, textOf(lines.filter((line) => !isChosen(line))));
  return chosen.length;
}

/**
 * Completes a takeOut that was killed between its two writes, which leaves dead letters in both files. Returns the
 * number of dead letters in progress. Throws OutputError.
 */
export function finishTakingOut({ deadLetters, inProgress }: RunFiles): number {
  const taken = new Set(linesOf(inProgress));
  const lines = linesOf(deadLetters);
  const left = lines.filter((line) => !taken.has(line));
  if (left.length < lines.length) writeWhole(deadLetters, textOf(left));
  return taken.size;
}

/** The messages in progress, as they are sent again: bodies, and the attribute of a backfill's message. */
export function messagesInProgress({ inProgress }: RunFiles): QueueMessage[] {
  return linesOf(inProgress).flatMap((line) => {
    const parsed = tryParseLine(line);
    if (parsed === undefined) return [];
    const { body, attributes } = parsed;
    return { body, attributes: backfillAttributes(attributes[BACKFILL_ATTRIBUTE]) };
  });
}

/** How many of the messages in progress have become dead letters again. */
export function failedInProgress({ inProgress, deadLetters }: RunFiles): number {
  const bodies = new Set(bodiesIn(inProgress));
  return bodiesIn(deadLetters).filter((body) => bodies.has(body)).length;
}

function bodiesIn(path: string): string[] {
  return linesOf(path).flatMap((line) => tryParseLine(line)?.body ?? []);
}

/** The lines of a file without the empty ones; none if the file does not exist. */
export function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function tryParseLine(line: string): z.infer<typeof LineSchema> | undefined {
  return LineSchema.safeParse(tryParseJson(line)).data;
}
