import { optionalEnv } from '../runtime/env.js';
import { folderStore } from './folder-store.js';
import { s3Store } from './s3-store.js';
import type { OutputStore } from './store.js';

/**
 * Returns the store of a function, from its environment: below OUTPUTS in S3, or in OUTPUTS_FOLDER, which a local run
 * sets. Undefined if the pipeline has no outputs.
 */
export function deployedOutputs(region?: string): OutputStore | undefined {
  const outputs = optionalEnv('OUTPUTS');
  if (outputs === undefined) return undefined;
  const folder = optionalEnv('OUTPUTS_FOLDER');
  if (folder === undefined) return s3Store({ outputs, region });
  return folderStore({ folder, outputs, hrefsAreFiles: optionalEnv('OUTPUTS_HREF') === 'file' });
}
