import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod/mini';
import { summaryText } from '../../local/run/summary.js';
import type { PipelineFolder } from '../shared/command.js';
import { isoTime, malformationOf, type DeadLetter } from './dead-letter.js';
import type { DeadLetterStore, ListedLetters } from './store.js';
import {
  linesOf,
  redriveLocally,
  redrivenFolder,
  type RedrivenFolder,
  type RedrivenRun,
} from './local-redrive.js';
import type { RedriveResult } from './send.js';
import { UsageError } from '../shared/usage-error.js';

const LineSchema = z.object({
  messageId: z.string(),
  body: z.string(),
  attributes: z.record(z.string(), z.string()),
});

/** The dead letters of the local run in `out`. */
export function localDeadLetters(
  pipeline: PipelineFolder,
  out = join('out', pipeline.id),
): DeadLetterStore {
  const folder = redrivenFolder(out);
  const controller = new AbortController();
  return {
    list: () => Promise.resolve(listLocal(folder)),
    send: async (letters) => {
      const ids = new Set(letters.map(({ id }) => id));
      const run = await redriveLocally(pipeline, ids, { folder, signal: controller.signal });
      return resultOf(run);
    },
    stop: () => {
      controller.abort();
    },
  };
}

function resultOf({ sent, continued, summary }: RedrivenRun): RedriveResult {
  const { isInterrupted, doneBefore } = summary;
  const first =
    continued > 0 ? [`Of these ${continued} were left by a redrive that was interrupted.`] : [];
  return {
    sent,
    finished: doneBefore,
    maybeTwice: 0,
    gone: 0,
    refused: [],
    fault: isInterrupted ? 'interrupted: the same command goes on with them' : undefined,
    details: [...first, summaryText(summary).trimEnd()].join('\n'),
  };
}

/** Lines that are no dead letter are reported, and are no reason not to read the others. */
export function listLocal({ deadLetters: path, underWay }: RedrivenFolder): ListedLetters {
  if (!existsSync(path)) throw new UsageError(`there is no ${path}: no local run has ended there`);
  const notes: string[] = [];
  const letters = new Map<string, DeadLetter>();
  for (const [index, line] of linesOf(path).entries()) {
    const letter = tryLetter(line, basename(path));
    if (letter) letters.set(letter.id, letter);
    else notes.push(`line ${index + 1} of ${path} is no dead letter`);
  }
  // A redrive that was interrupted took these out before.
  for (const line of linesOf(underWay)) {
    const letter = tryLetter(line, basename(underWay));
    if (letter) letters.set(letter.id, letter);
  }
  return { letters: [...letters.values()], notes };
}

function tryLetter(line: string, queue: string): DeadLetter | undefined {
  const parsed = LineSchema.safeParse(tryJson(line));
  if (!parsed.success) return undefined;
  const { messageId: id, body, attributes } = parsed.data;
  return {
    id,
    queue,
    body,
    reason: attributes['reason'],
    error: attributes['error'],
    kind: attributes['kind'],
    failedAt: isoTime(attributes['failed_at']),
    sentAt: isoTime(attributes['sent_timestamp']),
    itemId: attributes['item_id'],
    correlationId: attributes['correlation_id'],
    receiveCount: Number(attributes['receive_count']) || undefined,
    malformed: malformationOf(body),
  };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
