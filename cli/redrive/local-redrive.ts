import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { inputOf, type MessageInput } from '../../local/input/message-feed.js';
import { runLocally } from '../../local/local-run.js';
import { tryReadRunRecord, writeRunRecord } from '../../local/run/state.js';
import type { RunSummary } from '../../local/run/summary.js';
import { writeWhole } from '../../local/files/whole-file.js';
import { readPipelineConfig } from '../../modules/config/config.js';
import type { PipelineFolder } from '../shared/command.js';
import { planInput } from '../local/input.js';
import { localTarget } from '../local/target.js';
import { bundlePipeline } from '../shared/pipeline-code.js';
import { UsageError } from '../shared/usage-error.js';

/** A run folder's files that a redrive works on. */
export interface RedrivenFolder {
  readonly path: string;
  readonly deadLetters: string;
  /** Taken out of the dead letters and not yet run to their end. */
  readonly underWay: string;
  readonly state: string;
}

export function redrivenFolder(path: string): RedrivenFolder {
  return {
    path,
    deadLetters: join(path, 'dead-letters.ndjson'),
    underWay: join(path, '.run', 'redrive.ndjson'),
    state: join(path, '.run', 'state.json'),
  };
}

const BodySchema = z.object({ messageId: z.string(), body: z.string() });
/** As cli/local.ts names the input of a run. */
const InputSchema = z.object({
  paths: z.array(z.nullable(z.string())),
  hrefPrefix: z.exactOptional(z.string()),
  ingestor: z.exactOptional(z.string()),
  dryRun: z.exactOptional(z.literal(true)),
});
const MAX_RECEIVE_COUNT = 3;
const RETRY_DELAY_SECONDS = 1;

export interface LocalRedrive {
  readonly folder: RedrivenFolder;
  readonly signal: AbortSignal;
}

export interface RedrivenRun {
  readonly sent: number;
  /** Of `sent`: taken out by a redrive that was interrupted, whatever was chosen now. */
  readonly continued: number;
  /** Of the last run. */
  readonly summary: RunSummary;
}

/**
 * Runs dead letters of a local run again, in its folder and as it was called. They wait in a file of their own, written
 * before they leave the dead letters and deleted after they were run: a kill in between loses none. What an interrupted
 * redrive left there is run first.
 */
export async function redriveLocally(
  pipeline: PipelineFolder,
  ids: ReadonlySet<string>,
  redrive: LocalRedrive,
): Promise<RedrivenRun> {
  const { folder } = redrive;
  const record = tryReadRunRecord(folder.state);
  const isContinued = existsSync(folder.underWay);
  if (record === undefined || (record.state !== 'finished' && !isContinued)) {
    throw new UsageError(
      `the local run in ${folder.path} has not ended: run npm run local -- ${pipeline.id} as before, to its end`,
    );
  }
  const { input } = record;
  if (!isContinued) return runTaken(pipeline, input, { ...redrive, sent: takeOut(folder, ids) });
  const continued = finishTakingOut(folder);
  const first = await runTaken(pipeline, input, { ...redrive, sent: continued });
  const sent = first.summary.isInterrupted ? 0 : takeOut(folder, ids);
  if (sent === 0) return { ...first, continued };
  const second = await runTaken(pipeline, input, { ...redrive, sent });
  return { ...second, sent: continued + sent, continued };
}

async function runTaken(
  pipeline: PipelineFolder,
  inputName: string,
  { folder, signal, sent }: LocalRedrive & { readonly sent: number },
): Promise<RedrivenRun> {
  // The next run in the folder goes on with what is there, instead of starting anew.
  writeRunRecord(folder.state, { state: 'interrupted', input: inputName });
  const bodies = linesOf(folder.underWay).flatMap((line) => bodyOf(line)?.body ?? []);
  const input = inputOf(bodies);
  const summary = await runAgain(pipeline, { folder, signal, input, inputName });
  if (!summary.isInterrupted) rmSync(folder.underWay, { force: true });
  return { sent, continued: 0, summary };
}

/** How many of `ids` are under way now. */
function takeOut({ deadLetters, underWay }: RedrivenFolder, ids: ReadonlySet<string>): number {
  const lines = linesOf(deadLetters);
  const isChosen = (line: string): boolean => ids.has(bodyOf(line)?.messageId ?? '');
  const chosen = lines.filter(isChosen);
  if (chosen.length === 0) return 0;
  writeWhole(underWay, textOf(chosen));
  writeWhole(deadLetters, textOf(lines.filter((line) => !isChosen(line))));
  return chosen.length;
}

/** After a kill between the two writes of takeOut a letter stands in both files. */
function finishTakingOut({ deadLetters, underWay }: RedrivenFolder): number {
  const taken = new Set(linesOf(underWay));
  const lines = linesOf(deadLetters);
  const left = lines.filter((line) => !taken.has(line));
  if (left.length < lines.length) writeWhole(deadLetters, textOf(left));
  return taken.size;
}

interface AgainOptions {
  readonly folder: RedrivenFolder;
  readonly signal: AbortSignal;
  readonly input: MessageInput;
  readonly inputName: string;
}

async function runAgain(
  pipeline: PipelineFolder,
  { folder, signal, input, inputName }: AgainOptions,
): Promise<RunSummary> {
  const options = optionsOf(inputName, pipeline);
  const config = readPipelineConfig(pipeline.folder);
  const code = await bundlePipeline(pipeline);
  const workFolder = join(code.appFile, '..');
  const plan = await planInput(options, { folder: pipeline, config, code, workFolder });
  const { hrefMap, sourceMap } = plan;
  return runLocally({
    pipeline: pipeline.id,
    collection: code.collection,
    input,
    inputName,
    signal,
    folder: folder.path,
    fresh: false,
    containerFile: code.containerFile,
    target: await localTarget(options),
    concurrency: Math.max(2, availableParallelism()),
    batchSize: Math.min(config.batch_size, 10),
    settings: {
      pipeline: pipeline.id,
      appFile: code.appFile,
      region: config.region,
      ...(config.stac_api_url !== undefined && { stacApiUrl: config.stac_api_url }),
      requesterPays: config.requester_pays,
      timeoutSeconds: config.timeout_seconds,
      maxReceiveCount: MAX_RECEIVE_COUNT,
      retryDelaySeconds: RETRY_DELAY_SECONDS,
      ...(hrefMap && { hrefMap }),
      ...(sourceMap && { sourceMap }),
    },
    terminal: process.stderr,
  });
}

/** How the run was called: its granules are to be found where they were. */
function optionsOf(inputName: string, { id }: PipelineFolder) {
  const parsed = InputSchema.safeParse(tryJson(inputName));
  if (!parsed.success) {
    throw new UsageError(
      `the local run was of another version of this project: run npm run local -- ${id} again`,
    );
  }
  const { paths, ...rest } = parsed.data;
  const [granules, messages, inventory] = paths;
  return {
    ...rest,
    ...(typeof granules === 'string' && { granules }),
    ...(typeof messages === 'string' && { messages }),
    ...(typeof inventory === 'string' && { inventory }),
  };
}

export function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function bodyOf(line: string): z.infer<typeof BodySchema> | undefined {
  return BodySchema.safeParse(tryJson(line)).data;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
