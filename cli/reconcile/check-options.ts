import { UsageError } from '../shared/command.js';
import type { OpenOptions } from './open.js';
import type { RunOptions } from './run.js';

/** The options of `npm run reconcile`. */
export interface CommandOptions extends OpenOptions, RunOptions {
  readonly all?: true;
  readonly local?: true;
  readonly metric?: true;
}

/** Throws UsageError before anything is read, which may take long. */
export function checkOptions(id: string, options: CommandOptions): void {
  const { local, inventory, send, last, yes, fresh, json, metric } = options;
  checkAll(options);
  if (local && inventory === undefined)
    throw new UsageError(
      '--local requires --inventory <path>: pass the S3 Inventory folder or the listing to compare',
    );
  if (!local && inventory !== undefined) throw new UsageError('--inventory requires --local');
  if (local && metric) throw new UsageError('--metric is for a deployment, not for --local');
  if (local && send) {
    throw new UsageError(
      '--send is for a deployment, not for --local: without --send, the file of missing Items has their messages, which ' +
        `npm run local -- ${id} --messages <file> makes Items of`,
    );
  }
  if (!send && (last ?? yes)) throw new UsageError(`${last ? '--last' : '--yes'} needs --send`);
  if (last && fresh) throw new UsageError('--last and --fresh exclude each other');
  if (!send || yes) return;
  if (json) throw new UsageError('--json with --send cannot ask for confirmation: add --yes');
  if (!process.stdin.isTTY)
    throw new UsageError(
      '--send cannot ask for confirmation, because stdin is not a terminal: add --yes',
    );
}

/** What is said about one pipeline cannot be said about all. */
function checkAll({ all, ...options }: CommandOptions): void {
  const single = {
    '--send': options.send,
    '--local': options.local,
    '--inventory': options.inventory,
    '--stac-api': options.stacApi,
    '--chunk': options.chunk,
    '--from': options.from,
    '--to': options.to,
    '--out': options.out,
  };
  const [given] = Object.entries(single).find(([, value]) => value !== undefined) ?? [];
  if (all && given !== undefined)
    throw new UsageError(
      `${given} is for one pipeline, not for --all: pass the name of a pipeline`,
    );
}
