import { resolve } from 'node:path';
import { containerPool, type Container } from '../container/pool.js';
import type { ContainerSettings } from '../container/protocol.js';
import type { LocalQueue } from '../queue/local-queue.js';
import { RUN_FILES } from './file-names.js';
import type { RunLedger } from './ledger.js';

interface RunContainers {
  readonly count: number;
  /** Path of container.ts compiled to JavaScript. */
  readonly containerFile: string;
  /** Folder of the run, in which the pipeline writes its files. */
  readonly folder: string;
  readonly settings: ContainerSettings;
}

/** Starts the containers of a run, whose reports go to its ledger. */
export function startContainers(
  { count, containerFile, folder, settings }: RunContainers,
  { ledger, queue }: { readonly ledger: RunLedger; readonly queue: LocalQueue },
): Container[] {
  const outputs = { OUTPUTS_FOLDER: resolve(folder, RUN_FILES.outputs) };
  return containerPool(count, {
    containerFile,
    settings: { ...settings, environment: { ...settings.environment, ...outputs } },
    onReport: (report) => {
      ledger.take(report, queue);
    },
    onOutput: (text) => {
      ledger.output(text);
    },
  });
}
