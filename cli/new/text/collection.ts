import { STAC_VERSION, type Bbox, type Collection } from '../../../lambdas/stac/stac.js';
import type { Dataset } from '../dataset.js';
import { assetCode, assetsOf } from './assets.js';
import { importOf, lines, literal } from './code.js';

/** Returns collection.ts. */
export function collectionText(dataset: Dataset): string {
  const { title, license, start } = dataset;
  const assets = assetsOf(dataset).map(
    (asset) => `${asset.name}: { ${assetCode(asset, { isItem: false })} }`,
  );
  return lines(
    importOf(['collectionHandler'], '../../lambdas/collection-handler.js'),
    importOf(['STAC_VERSION'], '../../lambdas/stac/stac.js'),
    importOf(['COLLECTION_ID'], './granule-key.js'),
    '',
    '/** Posts the Collection after each deployment. */',
    'export const handler = collectionHandler(() => ({',
    "type: 'Collection',",
    'stac_version: STAC_VERSION,',
    'id: COLLECTION_ID,',
    `title: ${literal(title)},`,
    `description: ${literal(sentence(title))},`,
    `license: ${literal(license)},`,
    'extent: {',
    `spatial: { bbox: [[${bboxOf(dataset).join(', ')}]] },`,
    `temporal: { interval: [[${literal(`${start}T00:00:00Z`)}, null]] },`,
    '},',
    'links: [],',
    `item_assets: { ${assets.join(', ')} },`,
    '}));',
    '',
  );
}

/** Returns collection.json of a pipeline in Python. */
export function collectionJson(dataset: Dataset): string {
  const { collectionId, title, license, start } = dataset;
  const collection: Collection = {
    type: 'Collection',
    id: collectionId,
    stac_version: STAC_VERSION,
    title,
    description: sentence(title),
    license,
    extent: {
      spatial: { bbox: [bboxOf(dataset)] },
      temporal: { interval: [[`${start}T00:00:00Z`, null]] },
    },
    links: [],
    item_assets: { data: { roles: ['data'] } },
  };
  return JSON.stringify(collection, undefined, 2);
}

/** The area of the whole dataset; the globe if the answers do not say. */
function bboxOf({ area }: Dataset): Bbox {
  return area.kind === 'constant' ? area.bbox : [-180, -90, 180, 90];
}

function sentence(title: string): string {
  return /[.!?]$/.test(title) ? title : `${title}.`;
}
