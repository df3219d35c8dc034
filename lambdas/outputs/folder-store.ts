import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failureOf } from '../runtime/errors.js';
import { s3Href } from '../source/s3-href.js';
import { OutputError } from './error.js';
import { objectOf } from './s3-store.js';
import type { OutputStore } from './store.js';

interface FolderStoreOptions {
  /** Absolute path of the folder. */
  readonly folder: string;
  /** `s3://bucket/prefix`, where a deployed function would write. */
  readonly outputs: string;
  /** Whether hrefs are paths on disk instead of those that a deployed function would return. */
  readonly hrefsAreFiles: boolean;
}

/** Returns a store that writes to a folder of this machine, for local runs. */
export function folderStore({ folder, outputs, hrefsAreFiles }: FolderStoreOptions): OutputStore {
  return {
    put: async (content, { name }) => {
      const path = join(folder, name);
      try {
        await mkdir(dirname(path), { recursive: true });
        if (typeof content === 'string') await copyFile(content, path);
        else await writeFile(path, content);
      } catch (cause) {
        throw new OutputError(`${path}: cannot be written: ${failureOf(cause).message}`, {
          kind: 'transient',
          cause,
        });
      }
      return hrefsAreFiles ? path : s3Href(objectOf(outputs, name));
    },
  };
}
