import type { LineFile } from '../../local/files/line-file.js';
import type { Workspace } from './state.js';

/** Lines that are appended to a file after its valid part. */
export interface Appending {
  append(line: string): void;
  /** Removes what was appended. */
  reset(): void;
}

/** Calls `fill` to append lines after the first `bytes` of a file. Returns its result and the new size. */
export async function appended<T>(
  workspace: Workspace,
  { path, bytes }: { readonly path: string; readonly bytes: number },
  fill: (file: Appending) => Promise<T>,
): Promise<{ readonly result: T; readonly bytes: number }> {
  let file: LineFile = workspace.open(path, bytes);
  try {
    const result = await fill({
      append: (line) => {
        file.append(line);
      },
      reset: () => {
        file.close();
        file = workspace.open(path, bytes);
      },
    });
    file.flush();
    return { result, bytes: file.size };
  } finally {
    file.close();
  }
}
