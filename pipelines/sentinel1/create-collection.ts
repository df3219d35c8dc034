import { STAC_VERSION, type Collection } from '../../lambdas/stac/stac.js';
import * as templates from './asset-templates.js';
import * as facts from './constants.js';
import type { Polarisation } from './constants.js';
import { summaries } from './summaries.js';

/** Returns the Collection of the Items, which is the same on every call. */
export function createCollection(): Collection {
  return {
    type: 'Collection',
    id: facts.COLLECTION_ID,
    stac_version: STAC_VERSION,
    description: DESCRIPTION,
    links: facts.LINKS,
    stac_extensions: [
      facts.SAR_EXTENSION,
      facts.SAT_EXTENSION,
      facts.EO_EXTENSION,
      facts.ITEM_ASSETS_EXTENSION,
    ],
    item_assets: itemAssets(),
    title: 'Sentinel-1 GRD',
    extent: {
      spatial: { bbox: [[-180, -90, 180, 90]] },
      temporal: { interval: [['2014-10-10T00:00:00Z', null]] },
    },
    license: 'proprietary',
    keywords: ['ground', 'sentinel', 'copernicus', 'esa', 'sar'],
    providers: [facts.ESA, facts.SINERGISE],
    summaries: summaries(),
  };
}

const DESCRIPTION =
  'Images of the C-band radar of the Sentinel-1 satellites, Level-1 Ground Range Detected (GRD): focused, detected, multi-looked and projected to the ground over an ellipsoid that follows the mean height of the terrain. Pixels hold amplitude, no phase, and are about square. There are products of full, high and medium resolution; which of them depends on the mode in which the satellite was.';

type ItemAssets = Readonly<Record<string, templates.AssetTemplate>>;

/** The order of the reference. */
const MEASUREMENT_ORDER: readonly Polarisation[] = ['vh', 'hh', 'hv', 'vv'];
const SCHEMA_ORDER = ['calibration', 'noise', 'product', 'rfi'] as const;

function itemAssets(): ItemAssets {
  const schemas = SCHEMA_ORDER.flatMap((kind) =>
    facts.POLARISATIONS.map((polarisation) => [
      templates.schemaKey(kind, polarisation),
      titleFirst(templates.schema(kind, polarisation)),
    ]),
  );
  return {
    ...Object.fromEntries(MEASUREMENT_ORDER.map((name) => [name, measurement(name)])),
    ...(Object.fromEntries(schemas) as ItemAssets),
    'safe-manifest': titleFirst(templates.MANIFEST),
    thumbnail: titleFirst(templates.THUMBNAIL),
  };
}

function measurement(polarisation: Polarisation): templates.AssetTemplate {
  const { title, type, description, roles } = templates.measurement(polarisation, templates.COG);
  return { title, type, description, roles };
}

/** In item_assets the reference has the title before the type, in Items after it. */
function titleFirst({ title, ...template }: templates.AssetTemplate): templates.AssetTemplate {
  return { title, ...template };
}
