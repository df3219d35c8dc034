import { STAC_VERSION, type Collection } from '../../lambdas/stac/stac.js';
import * as facts from './constants.js';

/** Returns the Collection of the Items, which is the same on every call. */
export function createCollection(): Collection {
  return {
    type: 'Collection',
    id: facts.COLLECTION_ID,
    stac_version: STAC_VERSION,
    description: DESCRIPTION,
    links: facts.LINKS,
    stac_extensions: [
      facts.ITEM_ASSETS_EXTENSION,
      facts.PROJECTION_EXTENSION,
      facts.RASTER_EXTENSION,
    ],
    item_assets: { data: { type: facts.COG, roles: ['data'] } },
    title: 'Copernicus DEM GLO-30',
    extent: {
      spatial: { bbox: [[-180, -90, 180, 90]] },
      temporal: { interval: [[facts.DATETIME, facts.DATETIME]] },
    },
    license: facts.LICENSE,
    keywords: ['DEM', 'COPERNICUS', 'DSM', 'Elevation'],
    providers: facts.PROVIDERS,
    summaries: { gsd: [facts.PRODUCTS['10'].gsdMetres], platform: [facts.PLATFORM] },
  };
}

const DESCRIPTION =
  'Heights of the surface of the Earth, with buildings, plants and works on it, from the radar of TanDEM-X: tiles of one degree with a height about every 30 m, as Cloud Optimized GeoTIFF. Oceans have no tiles, and neither have a few countries whose tiles are not public.';
