import { collectionHandler } from '../../../lambdas/collection-handler.js';

export const handler = collectionHandler(() => ({
  type: 'Collection',
  id: 'demo',
  stac_version: '1.0.0',
  description: 'A Collection for tests.',
  links: [],
  item_assets: {},
  title: 'Demo & <tests>',
  extent: {
    spatial: { bbox: [[-180, -90, 180, 90]] },
    temporal: { interval: [['2024-01-01T00:00:00Z', null]] },
  },
  license: 'proprietary',
}));
