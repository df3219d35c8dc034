import type { Granule } from '../../lambdas/granule/items.js';
import {
  type Asset,
  type Bbox,
  type Item,
  type Polygon,
  STAC_VERSION,
} from '../../lambdas/stac/stac.js';
import * as facts from './constants.js';
import { gridOf, type Grid } from './grid.js';
import { parseTile, type Tile } from './tile-name.js';
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';

/** Makes the Item of a tile from the href of its GeoTIFF or its folder, without reading a file. Throws GranuleError. */
export function createItem({ href }: Granule): Item {
  const tile = parseTile(href);
  const grid = gridOf(tile);
  const bbox = bboxOf(grid);
  return {
    type: 'Feature',
    stac_version: STAC_VERSION,
    id: tile.id,
    properties: {
      platform: facts.PLATFORM,
      gsd: tile.product.gsdMetres,
      providers: facts.PROVIDERS,
      license: facts.LICENSE,
      'proj:epsg': facts.EPSG,
      'proj:transform': [grid.pixelWidth, 0, grid.west, 0, -grid.pixelHeight, grid.north],
      'proj:shape': [grid.rows, grid.columns],
      datetime: facts.DATETIME,
    },
    geometry: polygonOf(bbox),
    links: facts.LINKS,
    assets: { data: dataAsset(href, tile) },
    bbox,
    stac_extensions: [facts.PROJECTION_EXTENSION, facts.RASTER_EXTENSION],
  };
}

/** Cuts the half pixel beyond -180 or 90 off, because a second part of half a pixel would not help anyone. */
function bboxOf({ west, north, pixelWidth, pixelHeight, columns, rows }: Grid): Bbox {
  return [
    Math.max(west, -180),
    north - rows * pixelHeight,
    west + columns * pixelWidth,
    Math.min(north, 90),
  ];
}

function polygonOf([west, south, east, north]: Bbox): Polygon {
  const southEast = [east, south] as const;
  return {
    type: 'Polygon',
    coordinates: [[southEast, [east, north], [west, north], [west, south], southEast]],
  };
}

function dataAsset(href: string, { id, northing, easting, product }: Tile): Asset {
  const folder = withoutTrailingSlashes(href);
  return {
    href: folder.endsWith('.tif') ? folder : `${folder}/${id}.tif`,
    type: facts.COG,
    title: `${northing}_00_${easting}_00`,
    'raster:bands': [
      {
        sampling: 'point',
        data_type: 'float32',
        spatial_resolution: product.gsdMetres,
        unit: 'meter',
      },
    ],
    roles: ['data'],
  };
}
