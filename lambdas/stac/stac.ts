/**
 * Types of STAC objects with the fields that this project uses. A field without a value is left out; only `geometry` and
 * `datetime` may be null.
 */

/** The versions of STAC that Items and Collections may have. */
export const STAC_VERSIONS = ['1.0.0', '1.1.0'] as const;

export type StacVersion = (typeof STAC_VERSIONS)[number];

/** The version of the Items and Collections of the pipelines in this project. */
export const STAC_VERSION = '1.0.0';

/**
 * [longitude, latitude] in degrees (WGS 84), and the height in metres if there is one.
 * @see https://www.rfc-editor.org/rfc/rfc7946#section-3.1.1
 */
export type Position = readonly [number, number] | readonly [number, number, number];

/** Positions around an area. In a geometry the last position repeats the first. */
export type Ring = readonly Position[];

export interface Polygon {
  readonly type: 'Polygon';
  /** The outer ring, then the rings of holes. */
  readonly coordinates: readonly Ring[];
}

export interface MultiPolygon {
  readonly type: 'MultiPolygon';
  readonly coordinates: readonly (readonly Ring[])[];
}

export interface Point {
  readonly type: 'Point';
  readonly coordinates: Position;
}

export type Geometry = Polygon | MultiPolygon | Point;

/**
 * [west, south, east, north] in degrees. West is greater than east if the area crosses the antimeridian.
 * @see https://www.rfc-editor.org/rfc/rfc7946#section-5
 */
export type Bbox = readonly [number, number, number, number];

/** [west, south, lowest, east, north, highest] in degrees and metres. */
export type Bbox3D = readonly [number, number, number, number, number, number];

/** @see https://github.com/radiantearth/stac-spec/blob/v1.0.0/item-spec/item-spec.md#link-object */
export interface Link {
  /** Relation of the target, such as `license` or `derived_from`. */
  readonly rel: string;
  readonly href: string;
  readonly type?: string;
  readonly title?: string;
  readonly [field: string]: unknown;
}

/** @see https://github.com/radiantearth/stac-spec/blob/v1.0.0/item-spec/common-metadata.md#provider-object */
export interface Provider {
  readonly name: string;
  readonly description?: string;
  readonly roles?: readonly ('licensor' | 'producer' | 'processor' | 'host')[];
  readonly url?: string;
}

/** @see https://github.com/radiantearth/stac-spec/blob/v1.0.0/item-spec/item-spec.md#asset-object */
export interface Asset {
  readonly href: string;
  /** Media type, such as `image/tiff; application=geotiff; profile=cloud-optimized`. */
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly roles?: readonly string[];
  readonly [field: string]: unknown;
}

/** The metadata of an Item; fields of extensions have a prefix, such as `sar:product_type`. */
export interface ItemProperties {
  /** RFC 3339 date-time in UTC; null requires `start_datetime` and `end_datetime`. */
  readonly datetime: string | null;
  readonly [field: string]: unknown;
}

/**
 * A STAC Item: the metadata of one granule, which createItem returns.
 *
 * @example
 * const item: Item = {
 *   type: 'Feature',
 *   stac_version: '1.0.0',
 *   id: 'scene-1',
 *   properties: { datetime: '2022-11-30T01:43:42Z' },
 *   geometry: { type: 'Point', coordinates: [11, 48] },
 *   bbox: [11, 48, 11, 48],
 *   links: [],
 *   assets: { data: { href: 's3://bucket/scene-1.tif', roles: ['data'] } },
 *   stac_extensions: [],
 * };
 *
 * @see https://github.com/radiantearth/stac-spec/blob/v1.0.0/item-spec/item-spec.md
 */
export interface Item {
  readonly type: 'Feature';
  readonly stac_version: StacVersion;
  readonly id: string;
  readonly properties: ItemProperties;
  readonly geometry: Geometry | null;
  readonly links: readonly Link[];
  readonly assets: Readonly<Record<string, Asset>>;
  /** Required unless the geometry is null. */
  readonly bbox?: Bbox | Bbox3D;
  /** URLs of the schemas of the extensions that the Item uses. */
  readonly stac_extensions?: readonly string[];
  /** Id of the pipeline's Collection; set after createItem, so authors leave it out. */
  readonly collection?: string;
}

/**
 * A STAC Collection: what all Items of a pipeline have in common.
 *
 * @example
 * const collection: Collection = {
 *   type: 'Collection',
 *   id: 'scenes',
 *   stac_version: '1.0.0',
 *   description: 'Scenes of 2022.',
 *   license: 'CC-BY-4.0',
 *   links: [],
 *   item_assets: { data: { title: 'Image', roles: ['data'] } },
 *   extent: {
 *     spatial: { bbox: [[-180, -90, 180, 90]] },
 *     temporal: { interval: [['2022-01-01T00:00:00Z', null]] },
 *   },
 * };
 *
 * @see https://github.com/radiantearth/stac-spec/blob/v1.0.0/collection-spec/collection-spec.md
 */
export interface Collection {
  readonly type: 'Collection';
  readonly id: string;
  readonly stac_version: StacVersion;
  readonly description: string;
  readonly links: readonly Link[];
  readonly stac_extensions?: readonly string[];
  /** Required by the ingestor, though not by STAC. */
  readonly item_assets?: Readonly<Record<string, Omit<Asset, 'href'>>>;
  readonly title?: string;
  readonly extent: {
    readonly spatial: { readonly bbox: readonly (Bbox | Bbox3D)[] };
    /** Start and end as RFC 3339 date-times; null for an open end. */
    readonly temporal: { readonly interval: readonly (readonly [string | null, string | null])[] };
  };
  /** SPDX identifier; else `various` or `proprietary` in STAC 1.0.0, and `other` in STAC 1.1.0. */
  readonly license: string;
  readonly keywords?: readonly string[];
  readonly providers?: readonly Provider[];
  readonly summaries?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}
