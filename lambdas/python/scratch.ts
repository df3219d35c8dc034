import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folders of one granule on disk. */
export interface Scratch {
  /** Holds the downloaded file, below the path of its key. The download creates it. */
  readonly input: string;
  /** The function may write here. It exists only if the pipeline has outputs. */
  readonly output: string;
}

/**
 * Runs `work` with new folders, and removes them with all that they contain, whatever happens. The calls are synchronous:
 * a granule whose key has ten parts needs some fifty of them, which would otherwise cost more than a small Item.
 */
export async function withScratch<T>(
  { hasOutput }: { readonly hasOutput: boolean },
  work: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'granule-'));
  const scratch = { input: join(folder, 'in'), output: join(folder, 'out') };
  try {
    if (hasOutput) mkdirSync(scratch.output);
    return await work(scratch);
  } finally {
    await remove(folder);
  }
}

/** The function may have left what cannot be removed at once, for example a program that still writes there. */
async function remove(folder: string): Promise<void> {
  try {
    removeTree(folder);
  } catch {
    await rm(folder, { recursive: true, force: true });
  }
}

function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeTree(path);
    else unlinkSync(path);
  }
  rmdirSync(folder);
}
