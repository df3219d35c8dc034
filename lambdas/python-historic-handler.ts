import type { HistoricPipeline } from './backfill/historic-pipeline.js';
import { historicHandler, type HistoricHandler } from './historic-handler.js';
import { KEY_ROWS } from './python/rows.js';

/**
 * Creates the handler of the backfill of a Python pipeline: every key of the inventory that matches granule_pattern.
 * A pipeline needs a historic.ts that calls it only to say which Item a key makes, if the group `(?<id>...)` of
 * granule_pattern cannot.
 *
 * @example
 * // LC09_L2SP_195024_20240510_20240511_02_T1 makes the Item LC09_L2SP_195024_20240510_02_T1.
 * const SCENE = /([^/]+)_\d{8}(_\d{2}_[A-Z0-9]{2})_MTL\.xml$/;
 *
 * export const handler = pythonHistoricHandler({
 *   itemIdOf: ({ key = '' }) => SCENE.exec(key)?.slice(1).join(''),
 * });
 */
export function pythonHistoricHandler(
  own: Pick<HistoricPipeline, 'itemIdOf' | 'itemsOfChunk'> = KEY_ROWS,
): HistoricHandler {
  return historicHandler(own === KEY_ROWS ? KEY_ROWS : { ...KEY_ROWS, ...own });
}
