import { historicHandler, type HistoricHandler } from './historic-handler.js';
import { KEY_ROWS } from './python/rows.js';

/** Creates the handler of the backfill of a Python pipeline without historic.ts. */
export function pythonHistoricHandler(): HistoricHandler {
  return historicHandler(KEY_ROWS);
}
