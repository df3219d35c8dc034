/** The text of a collection.ts with a valid Collection. */
export function collectionCode(id: string, description = 'A Collection for tests.'): string {
  return `import { collectionHandler } from '../../lambdas/collection-handler.js';

export const handler = collectionHandler(() => ({
  type: 'Collection',
  stac_version: '1.0.0',
  id: '${id}',
  description: '${description}',
  license: 'CC-BY-4.0',
  extent: {
    spatial: { bbox: [[9, 47, 12, 54]] },
    temporal: { interval: [['2024-01-01T00:00:00Z', null]] },
  },
  links: [],
  item_assets: {},
}));
`;
}
