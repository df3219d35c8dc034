import type { HistoricPipeline } from '../../lambdas/backfill/historic-pipeline.js';
import { callPipeline } from '../../lambdas/backfill/query.js';
import { chosenChunk, type BackfillTarget } from '../backfill/target.js';
import { UsageError } from '../shared/command.js';

export interface ChunkOptions {
  readonly chunk?: string;
  readonly from?: string;
  readonly to?: string;
}

/** No backfill has more: a chunk for each day of three centuries. */
const MAX_CHUNKS = 100_000;

/**
 * Returns the chosen chunks; undefined stands for the whole inventory. Throws UsageError if a chunk cannot be chosen, or
 * if no nextChunk leads from one end to the other.
 *
 * @param inventoryDate day of the report
 */
export function chunksOf(
  { chunk, from, to }: ChunkOptions,
  target: BackfillTarget,
  inventoryDate: string,
): readonly (string | undefined)[] {
  if (chunk !== undefined && (from ?? to) !== undefined)
    throw new UsageError('--chunk and --from exclude each other');
  if ((from === undefined) !== (to === undefined))
    throw new UsageError('--from and --to need each other');
  if (from === undefined || to === undefined) return [chosenChunk(chunk, target)];
  const [first, last] = [parsed(from, target), parsed(to, target)];
  const { pipeline } = target.historic;
  const between = walk(pipeline, { first, last, inventoryDate });
  const found = between ?? walk(pipeline, { first: last, last: first, inventoryDate });
  if (found !== undefined) return found;
  throw new UsageError(
    `no chunk leads from --from ${first} to --to ${last}: nextChunk in historic.ts does not reach the one from the other`,
  );
}

function parsed(chunk: string, target: BackfillTarget): string {
  return chosenChunk(chunk, target) ?? '';
}

interface Walk {
  readonly first: string;
  readonly last: string;
  readonly inventoryDate: string;
}

function walk(
  { nextChunk }: HistoricPipeline,
  { first, last, inventoryDate }: Walk,
): string[] | undefined {
  const chunks: string[] = [];
  let current: string | undefined = first;
  while (current !== undefined && chunks.length < MAX_CHUNKS) {
    chunks.push(current);
    if (current === last) return chunks;
    const chunk: string = current;
    current = callPipeline('nextChunk', () => nextChunk(chunk, { inventoryDate }));
  }
  return undefined;
}
