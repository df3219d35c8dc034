import * as z from 'zod/mini';
import { assetHref } from './asset-href.js';
import { license, provider } from './common-metadata.js';
import { STAC_VERSIONS } from './stac.js';

/**
 * Schemas of what Items and Collections of all versions of STAC have in common, with their GeoJSON. Rules that span fields
 * are in validate.ts, those of one version in common-faults.ts and collection-faults.ts.
 */

const text = z.string().check(z.minLength(1));

function degrees(limit: number): z.ZodMiniNumber {
  return z.number().check(z.minimum(-limit), z.maximum(limit));
}

const position = z.tuple([degrees(180), degrees(90)], z.number());

type Coordinates = z.infer<typeof position>;

function isClosed(ring: readonly Coordinates[]): boolean {
  const [first, last] = [ring[0], ring.at(-1)];
  return first?.length === last?.length && first?.every((value, i) => value === last?.[i]) === true;
}

const ring = z
  .array(position)
  .check(z.minLength(4), z.refine(isClosed, 'is not closed: its first and last position differ'));
const line = z.array(position).check(z.minLength(2));
const polygon = z.array(ring).check(z.minLength(1));

const geometry = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('Point'), coordinates: position }),
  z.looseObject({
    type: z.literal('MultiPoint'),
    coordinates: z.array(position).check(z.minLength(1)),
  }),
  z.looseObject({ type: z.literal('LineString'), coordinates: line }),
  z.looseObject({
    type: z.literal('MultiLineString'),
    coordinates: z.array(line).check(z.minLength(1)),
  }),
  z.looseObject({ type: z.literal('Polygon'), coordinates: polygon }),
  z.looseObject({
    type: z.literal('MultiPolygon'),
    coordinates: z.array(polygon).check(z.minLength(1)),
  }),
]);

const bbox = z.union([
  z.tuple([degrees(180), degrees(90), degrees(180), degrees(90)]),
  z.tuple([degrees(180), degrees(90), z.number(), degrees(180), degrees(90), z.number()]),
]);

const link = z.looseObject({
  rel: text,
  href: text,
  type: z.optional(z.string()),
  title: z.optional(z.string()),
});

const assetFields = {
  type: z.optional(z.string()),
  title: z.optional(z.string()),
  description: z.optional(z.string()),
  roles: z.optional(z.array(z.string())),
};

const stacVersion = z.enum(STAC_VERSIONS, 'expected "1.0.0" or "1.1.0"');

const extensions = z
  .array(z.url())
  .check(z.refine((urls) => new Set(urls).size === urls.length, 'has a value twice'));

/** An Item, field by field. @see https://github.com/radiantearth/stac-spec/blob/v1.0.0/item-spec/item-spec.md */
export const ItemSchema = z.looseObject({
  type: z.literal('Feature'),
  stac_version: stacVersion,
  id: text,
  properties: z.looseObject({
    datetime: z.nullable(z.string()),
    start_datetime: z.optional(z.string()),
    end_datetime: z.optional(z.string()),
    created: z.optional(z.string()),
    updated: z.optional(z.string()),
    title: z.optional(z.string()),
    description: z.optional(text),
    license: z.optional(license()),
    platform: z.optional(z.string()),
    constellation: z.optional(z.string()),
    mission: z.optional(z.string()),
    instruments: z.optional(z.array(z.string())),
    gsd: z.optional(z.number().check(z.positive())),
    providers: z.optional(z.array(provider())),
  }),
  geometry: z.nullable(geometry),
  bbox: z.optional(bbox),
  links: z.array(link),
  assets: z.record(z.string(), z.looseObject({ href: assetHref, ...assetFields })),
  stac_extensions: z.optional(extensions),
  collection: text,
});

/** A Collection, field by field. @see https://github.com/radiantearth/stac-spec/blob/v1.0.0/collection-spec/collection-spec.md */
export const CollectionSchema = z.looseObject({
  type: z.literal('Collection'),
  stac_version: stacVersion,
  id: text,
  description: text,
  license: license(),
  links: z.array(link),
  title: z.optional(z.string()),
  keywords: z.optional(z.array(z.string())),
  providers: z.optional(z.array(provider())),
  stac_extensions: z.optional(extensions),
  summaries: z.optional(z.record(z.string(), z.unknown())),
  assets: z.optional(z.record(z.string(), z.looseObject({ href: assetHref, ...assetFields }))),
  item_assets: z.optional(z.record(z.string(), z.looseObject(assetFields))),
  extent: z.looseObject({
    spatial: z.looseObject({ bbox: z.array(bbox).check(z.minLength(1)) }),
    temporal: z.looseObject({
      interval: z
        .array(z.tuple([z.nullable(z.string()), z.nullable(z.string())]))
        .check(z.minLength(1)),
    }),
  }),
});
