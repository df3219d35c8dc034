import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod/mini';
import { BACKFILL_ATTRIBUTE, ROW_ATTRIBUTE } from '../../lambdas/queue/attributes.js';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import { summaryText } from '../../local/run/summary.js';
import { UsageError, type PipelineFolder } from '../shared/command.js';
import { isoTime, malformationOf, type DeadLetter } from './dead-letter.js';
import { redriveLocally, type RedrivenRun } from './local-redrive.js';
import { linesOf, runFiles, type RunFiles } from './run-files.js';
import type { RedriveResult } from './send.js';
import type { DeadLetterStore, ListedDeadLetters } from './store.js';

const LineSchema = z.object({
  messageId: z.string(),
  body: z.string(),
  attributes: z.record(z.string(), z.string()),
});

/** The dead letters of the local run in the folder `out`. */
export function localDeadLetters(
  pipeline: PipelineFolder,
  out = join('out', pipeline.id),
): DeadLetterStore {
  const files = runFiles(out);
  const controller = new AbortController();
  return {
    list: () => Promise.resolve(listLocal(files)),
    send: async (deadLetters) => {
      const ids = new Set(deadLetters.map(({ id }) => id));
      const run = await redriveLocally(pipeline, ids, { files, signal: controller.signal });
      return resultOf(run);
    },
    discard: () => {
      throw new UsageError(
        `--discard is for a deployment: the dead letters of a local run are in ${files.deadLetters}`,
      );
    },
    stop: () => {
      controller.abort();
    },
  };
}

function resultOf({ sent, continued, failed, summary, changed }: RedrivenRun): RedriveResult {
  const { isInterrupted, doneBefore } = summary;
  const first =
    continued > 0 ? [`An interrupted redrive had left ${continued} of these unfinished.`] : [];
  const basis =
    changed === undefined
      ? []
      : [
          `Note: ${changed} the local run. These messages ran with what is there now; its other Items are as they were.`,
        ];
  return {
    sent,
    finished: doneBefore,
    maybeTwice: 0,
    gone: 0,
    refused: [],
    failedAgain: failed,
    fault: isInterrupted ? 'interrupted: run the same command to continue' : undefined,
    details: [...first, ...basis, summaryText(summary).trimEnd()].join('\n'),
  };
}

/** Reads the dead letters of a local run, including those in progress. Invalid lines become notes. Throws UsageError. */
export function listLocal({ deadLetters: path, inProgress }: RunFiles): ListedDeadLetters {
  if (!existsSync(path)) {
    throw new UsageError(`${path} does not exist: no local run has finished in that folder`);
  }
  const notes: string[] = [];
  const deadLetters = new Map<string, DeadLetter>();
  for (const [index, line] of linesOf(path).entries()) {
    const deadLetter = tryDeadLetter(line, basename(path));
    if (deadLetter) deadLetters.set(deadLetter.id, deadLetter);
    else notes.push(`line ${index + 1} of ${path} is not a valid dead letter`);
  }
  for (const line of linesOf(inProgress)) {
    const deadLetter = tryDeadLetter(line, basename(inProgress));
    if (deadLetter) deadLetters.set(deadLetter.id, deadLetter);
  }
  return { deadLetters: [...deadLetters.values()], notes };
}

function tryDeadLetter(line: string, queue: string): DeadLetter | undefined {
  const parsed = LineSchema.safeParse(tryParseJson(line));
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
    backfill: attributes[BACKFILL_ATTRIBUTE],
    refusedRow: attributes[ROW_ATTRIBUTE],
    malformed: malformationOf(body),
  };
}
