import { describe, expect, test } from '@jest/globals';
import { parseProduct } from './product-id.js';

const SCENE = 'S1A_IW_GRDH_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E';

describe('parseProduct', () => {
  test('returns the parts of the name of the folder', () => {
    expect(parseProduct(`s3://bucket/a/${SCENE}`)).toEqual({
      href: `s3://bucket/a/${SCENE}`,
      layout: 'cog',
      sceneId: SCENE,
      itemId: SCENE.slice(0, -5),
      resolution: 'H',
      processingLevel: '1',
    });
  });

  test.each([
    [`/data/${SCENE}.SAFE/`, 'safe', `/data/${SCENE}.SAFE`],
    [`/data/${SCENE}.SAFE/manifest.safe`, 'safe', `/data/${SCENE}.SAFE`],
    [`https://example.com/${SCENE}//`, 'cog', `https://example.com/${SCENE}`],
    [`s3://bucket/${SCENE}.safe`, 'cog', `s3://bucket/${SCENE}.safe`],
  ])('%s has the layout %s', (href, layout, folder) => {
    expect(parseProduct(href)).toMatchObject({ layout, href: folder, sceneId: SCENE });
  });

  test.each([`${SCENE}_COG`, `${SCENE}_COG.SAFE`])(
    '%s has the item id of the same scene, and its own scene id',
    (name) => {
      expect(parseProduct(`s3://bucket/${name}`)).toMatchObject({
        itemId: SCENE.slice(0, -5),
        sceneId: `${SCENE}_COG`,
      });
    },
  );
});
