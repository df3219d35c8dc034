import { historicHandler } from '../../../lambdas/historic-handler.js';
import { lostRows, type SampledBackfill } from './round-trips.js';

/** A row of a sample's inventory that becomes a message. */
export interface IdentifiedRow {
  readonly body: string;
  /** The id of its Item by itemIdOf of the pipeline. */
  readonly itemId: string | undefined;
}

/** Runs the backfill of a pipeline over its sample. Throws InputError if no row of the sample becomes a message. */
export async function identifiedRows({
  historic,
  ...sample
}: Omit<SampledBackfill, 'app'>): Promise<IdentifiedRow[]> {
  const { pipeline } = historic;
  const rows: IdentifiedRow[] = [];
  const noting = historicHandler({
    ...pipeline,
    rowToMessageBody: (row) => {
      const body = pipeline.rowToMessageBody(row);
      if (body !== undefined) rows.push({ body, itemId: pipeline.itemIdOf?.(row) });
      return body;
    },
  });
  await lostRows({ ...sample, historic: noting, app: { parseMessage: () => undefined } });
  return rows;
}
