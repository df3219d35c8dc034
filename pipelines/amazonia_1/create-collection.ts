import { STAC_VERSION, type Collection } from '../../lambdas/stac/stac.js';
import * as facts from './constants.js';

/** Returns the Collection of the Items, which is the same on every call. */
export function createCollection(): Collection {
  return {
    type: 'Collection',
    id: facts.COLLECTION_ID,
    stac_version: STAC_VERSION,
    description: 'AMAZONIA1 WFI camera collection',
    links: [],
    stac_extensions: [facts.ITEM_ASSETS_EXTENSION, facts.EO_EXTENSION, facts.SAT_EXTENSION],
    item_assets: {
      thumbnail: { title: facts.THUMBNAIL_TITLE, type: facts.PNG },
      metadata: { title: facts.METADATA_TITLE, type: facts.XML },
      ...Object.fromEntries(
        Object.entries(facts.BANDS).map(([band, commonName]) => [
          `B${band}`,
          { 'eo:bands': [{ name: `B${band}`, common_name: commonName }], type: facts.COG },
        ]),
      ),
    },
    title: facts.COLLECTION_ID,
    extent: {
      spatial: { bbox: [[-180, -83, 180, 83]] },
      temporal: { interval: [[facts.FIRST_DATETIME, null]] },
    },
    license: facts.LICENSE,
    providers: facts.PROVIDERS,
    summaries: {
      gsd: [facts.GSD_METRES],
      'sat:platform_international_designator': [facts.INTERNATIONAL_DESIGNATOR],
      'sat:orbit_state': ['ascending', 'descending'],
    },
  };
}
