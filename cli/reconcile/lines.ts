import type { LineFile } from '../../local/files/line-file.js';
import type { Workspace } from './state.js';

/** Whether a character would need an escape, or is one half of a pair, which UTF-8 cannot encode alone. */
const NEEDS_ESCAPE = /["\\\p{Cc}\p{Cs}]/u;

/** Returns a text without tabs, line ends and quotes, as between the quotes of JSON, so that lines can hold any id. */
export function escaped(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text).slice(1, -1) : text;
}

/** Returns the text that `escaped` was given. */
export function unescaped(field: string): string {
  return field.includes('\\') ? (JSON.parse(`"${field}"`) as string) : field;
}

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
