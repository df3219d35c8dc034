import { parseInitialChunk } from '../../modules/config/values/initial-chunk.js';
import type { BackfillSite } from './site.js';
import { UsageError } from '../shared/usage-error.js';

/** Throws UsageError for a chunk that cannot be one. */
export function chosenChunk(given: string | undefined, site: BackfillSite): string | undefined {
  if (given === undefined) return undefined;
  if (site.settings.frequencyHours > 0) return parseChunk(given);
  throw new UsageError(
    `${site.pipeline} has no chunks: its historic_frequency is 0, so the whole inventory is read at once; leave --chunk out`,
  );
}

function parseChunk(given: string): string {
  try {
    return parseInitialChunk(given);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new UsageError(`--chunk ${why} (given ${JSON.stringify(given)})`, { cause });
  }
}
