import { granuleQueue, openReconciliation } from '../reconcile/open.js';
import { startShow } from '../reconcile/progress.js';
import type { PipelineFolder } from '../shared/command.js';
import { UsageError } from '../shared/command.js';
import { deployedPipeline } from '../shared/deployed-pipeline.js';
import { confirm, INTERRUPTED, interruptSignal } from '../shared/terminal.js';
import { checkDeployedVersion } from './deployed-version.js';
import { parseMadeBefore } from './versions.js';
import { reprocess, type ReprocessOptions } from './run.js';

export interface ReprocessCommand extends ReprocessOptions {
  readonly madeBefore?: string;
  readonly stacApi?: string;
  readonly from?: string;
  readonly to?: string;
  readonly local?: true;
  readonly inventory?: string;
  readonly out?: string;
}

/** Runs `npm run backfill -- <pipeline> reprocess`, and sets the exit code. */
export async function runReprocess(
  folder: PipelineFolder,
  options: ReprocessCommand,
): Promise<void> {
  const version = parseMadeBefore(options.madeBefore);
  checkOptions(options);
  const signal = interruptSignal(process.stderr);
  const progress = startShow(process.stderr);
  const { show } = progress;
  const say = (line: string): void => {
    progress.end();
    process.stderr.write(`${line}\n`);
  };
  if (!options.local && !options.count)
    await checkDeployedVersion(deployedPipeline(folder), { version, say });
  const out = options.out ?? `out/${folder.id}/reprocess`;
  const opening = { signal, isStopped: () => signal.aborted, show, say };
  const run = await openReconciliation(folder, { ...options, out }, opening);
  try {
    const queue = () => granuleQueue(folder);
    const around = { version, options, queue, ask: confirm, say };
    const { output, exitCode } = await reprocess(run, around);
    progress.end();
    if (output === undefined) say('stopped: the same command goes on from here');
    else process.stdout.write(`${output}\n`);
    process.exitCode = signal.aborted ? INTERRUPTED : exitCode;
  } finally {
    progress.end();
    await run.target.close();
  }
}

/** Throws UsageError before anything is read, which may take long. */
function checkOptions({ local, count, yes, json }: ReprocessCommand): void {
  if (local || count || yes) return;
  if (json)
    throw new UsageError(
      '--json cannot ask before it sends: add --yes, or --count to send nothing',
    );
  if (process.stdin.isTTY) return;
  throw new UsageError(
    'reprocess cannot ask before it sends, because stdin is not a terminal: add --yes, or --count to send nothing',
  );
}
