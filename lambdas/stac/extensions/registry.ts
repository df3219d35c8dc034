import { datacube } from './datacube.js';
import { eo } from './eo.js';
import { schemaUrl, versionsOf, type StacExtension } from './extension.js';
import { file, itemAssets, processing } from './files.js';
import { grid, mgrs } from './grids.js';
import { projection } from './projection.js';
import { raster } from './raster.js';
import { sar } from './sar.js';
import { sat, view } from './satellite.js';

const TABLES = [
  ...[sar, sat, eo, projection, raster, view, file, datacube, processing, grid, mgrs, itemAssets],
];

/** The extensions that are checked, by the URL of their schema, which an Item lists in `stac_extensions`. */
export const STAC_EXTENSIONS: ReadonlyMap<string, StacExtension> = new Map(
  TABLES.flatMap(versionsOf).map((extension) => [schemaUrl(extension), extension]),
);

/** Published extensions that are not checked, by their prefix. */
const UNCHECKED = {
  'classification:': 'classification',
  'label:': 'label',
  'mlm:': 'mlm',
  'pc:': 'pointcloud',
  'sci:': 'scientific',
  'storage:': 'storage',
  'table:': 'table',
  'xarray:': 'xarray-assets',
};

/** The names of extensions by their prefix, with its colon. Prefixes of missions and vendors, such as `s1:`, have none. */
export const EXTENSION_OF_PREFIX: ReadonlyMap<string, string> = new Map([
  ...TABLES.filter(({ prefix }) => prefix !== '').map(
    ({ prefix, name }) => [prefix, name] as const,
  ),
  ...Object.entries(UNCHECKED),
]);

/** The versions of an extension that are checked, oldest first; none if it is not. */
export function checkedVersions(name: string): StacExtension[] {
  return [...STAC_EXTENSIONS.values()].filter((extension) => extension.name === name);
}
