import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../../lambdas/runtime/error-codes.js';
import { CommandError } from '../shared/command.js';
import { INTERRUPTED } from '../shared/terminal.js';
import type { PipelineFiles } from './files.js';

export interface Placing {
  readonly id: string;
  readonly files: PipelineFiles;
  /** Completes the folder while no other command sees it. */
  readonly complete?: (folder: string) => Promise<void>;
}

/** Throws CommandError if there is something of this name already. */
export function assertFree(id: string): void {
  const folder = join('pipelines', id);
  if (existsSync(folder))
    throw new CommandError(`${folder} exists already, and is never overwritten: choose another id`);
}

/**
 * Writes the folder of a pipeline beside the others as a whole: it is made in a folder that git ignores, and moved at the
 * end. An error, Ctrl-C or SIGTERM leaves nothing. Throws CommandError if the folder exists already.
 */
export async function placePipeline({ id, files, complete }: Placing): Promise<void> {
  assertFree(id);
  const scratch = join('.generated', `new-${process.pid}`);
  const folder = join(scratch, id);
  const clear = (): void => {
    rmSync(scratch, { recursive: true, force: true });
  };
  const interrupt = (): void => {
    clear();
    process.stderr.write('\ninterrupted: nothing was written\n');
    process.exit(INTERRUPTED);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    await complete?.(folder);
    mkdirSync('pipelines', { recursive: true });
    move(folder, id);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    clear();
  }
}

/** Another command may have made the folder meanwhile. */
function move(folder: string, id: string): void {
  assertFree(id);
  try {
    renameSync(folder, join('pipelines', id));
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCode(error) ?? '')) assertFree(id);
    throw error;
  }
}
