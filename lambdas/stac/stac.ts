/** STAC 1.0.0 objects, as far as this project makes them. Absent is left out, never null (geometry and datetime apart). */

export const STAC_VERSION = '1.0.0';

/** [longitude, latitude] in degrees. */
export type Position = readonly [number, number];
export type Ring = readonly Position[];

export interface Polygon {
  readonly type: 'Polygon';
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

/** [west, south, east, north] in degrees; west > east where the antimeridian is crossed. */
export type Bbox = readonly [number, number, number, number];

export interface Link {
  readonly rel: string;
  readonly href: string;
  readonly type?: string;
  readonly title?: string;
  readonly [field: string]: unknown;
}

export interface Provider {
  readonly name: string;
  readonly description?: string;
  readonly roles?: readonly ('licensor' | 'producer' | 'processor' | 'host')[];
  readonly url?: string;
}

export interface Asset {
  readonly href: string;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly roles?: readonly string[];
  readonly [field: string]: unknown;
}

export interface ItemProperties {
  /** RFC 3339 in UTC; null needs start_datetime and end_datetime. */
  readonly datetime: string | null;
  readonly [field: string]: unknown;
}

export interface Item {
  readonly type: 'Feature';
  readonly stac_version: typeof STAC_VERSION;
  readonly id: string;
  readonly properties: ItemProperties;
  readonly geometry: Geometry | null;
  readonly links: readonly Link[];
  readonly assets: Readonly<Record<string, Asset>>;
  readonly bbox?: Bbox;
  readonly stac_extensions: readonly string[];
  /** Set by the framework: the id of the Collection that the pipeline makes. */
  readonly collection?: string;
}

export interface Collection {
  readonly type: 'Collection';
  readonly id: string;
  readonly stac_version: typeof STAC_VERSION;
  readonly description: string;
  readonly links: readonly Link[];
  readonly stac_extensions?: readonly string[];
  readonly item_assets?: Readonly<Record<string, Omit<Asset, 'href'>>>;
  readonly title?: string;
  readonly extent: {
    readonly spatial: { readonly bbox: readonly Bbox[] };
    readonly temporal: { readonly interval: readonly (readonly [string | null, string | null])[] };
  };
  readonly license: string;
  readonly keywords?: readonly string[];
  readonly providers?: readonly Provider[];
  readonly summaries?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}
