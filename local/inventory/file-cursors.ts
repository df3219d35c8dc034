import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { parseCursor, type CursorStore } from '../../lambdas/backfill/cursor.js';
import { makeFolder } from '../files/run-files.js';

const FileSchema = z.object({ version: z.number(), cursor: z.unknown() });

/** Stores the cursor as a JSON file, which survives a killed process. Two processes must not use it at the same time. */
export function fileCursors(path: string, pipelineId: string): CursorStore {
  const readFileOf = async (): Promise<z.infer<typeof FileSchema> | undefined> => {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : z.parse(FileSchema, JSON.parse(text));
  };
  const version = async (): Promise<number | undefined> => (await readFileOf())?.version;
  return {
    read: async () => {
      const file = await readFileOf();
      return (
        file && {
          version: file.version,
          cursor: parseCursor(JSON.stringify(file.cursor), pipelineId),
        }
      );
    },
    version,
    write: async (cursor, expected) => {
      if ((await version()) !== expected) return false;
      makeFolder(dirname(path));
      const draft = `${path}.new`;
      await writeFile(draft, JSON.stringify({ version: (expected ?? 0) + 1, cursor }, null, 2));
      // The rename is atomic: a killed process leaves either the old file or the new one.
      await rename(draft, path);
      return true;
    },
  };
}
