import type { Collection } from '../../lambdas/stac/stac.js';

/** A valid Collection. `fields` may be wrong, as those of an author may be. */
export function exampleCollection(
  id: string,
  fields: Readonly<Record<string, unknown>> = {},
): Collection {
  return {
    type: 'Collection',
    id,
    stac_version: '1.0.0',
    description: 'd',
    license: 'proprietary',
    links: [],
    item_assets: {},
    extent: {
      spatial: { bbox: [[-180, -90, 180, 90]] },
      temporal: { interval: [['2014-10-03T00:00:00Z', null]] },
    },
    ...fields,
  };
}
