import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ReadContext } from '../../../lambdas/granule/items.js';
import type { Item } from '../../../lambdas/stac/stac.js';
import { ROOT } from './files.js';

/** The pipelines that this project ships as examples. One's own repository may have deleted them. */
export const SHIPPED = [
  'amazonia_1',
  'cop_dem_30',
  'landsat_c2_l2',
  'noaa_hrrr',
  'noaa_oisst',
  'sentinel1',
] as const;

/** Whether a path of the project belongs to a shipped pipeline whose folder was deleted. @param path as `pipelines/x/app.ts` */
export function isOfDeleted(path: string): boolean {
  const [, id = ''] = /^pipelines\/(\w+)/.exec(path) ?? [];
  return (
    SHIPPED.some((one) => one === id) && !existsSync(join(ROOT, 'pipelines', id, 'config.yaml'))
  );
}

/** Whether a path belongs to a pipeline of one's own, whose files are not held to the rules of the framework's. */
export function isOfOwn(path: string): boolean {
  const [, id] = /^pipelines\/(\w+)\//.exec(path) ?? [];
  return id !== undefined && !SHIPPED.some((one) => one === id);
}

/**
 * Imports a file of a shipped pipeline. A static import would not compile where the pipeline was deleted.
 *
 * @param path below pipelines/, as `sentinel1/item.ts`
 */
export async function shippedModule<Exports>(path: string): Promise<Exports> {
  return (await import(pathToFileURL(join(ROOT, 'pipelines', path)).href)) as Exports;
}

/** pipelines/sentinel1/item.ts */
export interface Sentinel1Item {
  readonly createItem: (granule: { readonly href: string } & ReadContext) => Promise<Item>;
}
