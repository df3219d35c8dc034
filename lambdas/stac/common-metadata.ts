import * as z from 'zod/mini';
import { once } from '../runtime/once.js';
import { dataType, noData } from './data-values.js';
import {
  above,
  between,
  dateTime,
  filledText,
  matching,
  notEmpty,
  wholeNumber,
} from './extensions/field-types.js';
import type { StacVersion } from './stac.js';

/**
 * Metadata that may be in the properties of an Item, in assets, and since STAC 1.1.0 in other parts too.
 *
 * @see https://github.com/radiantearth/stac-spec/blob/v1.1.0/commons/common-metadata.md
 */
export type CommonFields = Readonly<Record<string, z.ZodMiniType>>;

/** Returns the fields of common metadata by their names. Their schemas are built on first use. */
export function commonFields(version: StacVersion): CommonFields {
  return version === '1.0.0' ? fieldsOf1_0() : fieldsOf1_1();
}

/** A license as SPDX names it, such as `CC-BY-4.0`, or `proprietary`, `various` and `other`. */
export function license(): z.ZodMiniType {
  return z.string().check(
    z.minLength(1),
    z.refine(
      (text) => /^[\w.+-]+$/.test(text),
      'is not an SPDX identifier, such as CC-BY-4.0, without spaces',
    ),
  );
}

export function provider(): z.ZodMiniType {
  return z.looseObject({
    name: filledText(),
    description: z.optional(z.string()),
    roles: z.optional(z.array(z.enum(['licensor', 'producer', 'processor', 'host']))),
    url: z.optional(z.url()),
  });
}

const fieldsOf1_0 = once((): CommonFields => {
  const instant = utcDateTime();
  return {
    title: z.string(),
    description: z.string(),
    datetime: z.nullable(instant),
    start_datetime: instant,
    end_datetime: instant,
    created: instant,
    updated: instant,
    license: license(),
    platform: z.string(),
    constellation: z.string(),
    mission: z.string(),
    instruments: z.array(z.string()),
    gsd: above(0),
    providers: z.array(provider()),
  };
});

const fieldsOf1_1 = once((): CommonFields => ({ ...fieldsOf1_0(), ...addedIn1_1() }));

/** The fields that STAC 1.1.0 added, or made stricter. */
export const addedIn1_1 = once((): CommonFields => {
  const statistics = z.looseObject({
    minimum: z.optional(z.number()),
    maximum: z.optional(z.number()),
    mean: z.optional(z.number()),
    stddev: z.optional(z.number()),
    count: z.optional(wholeNumber(0)),
    valid_percent: z.optional(between(0, 100)),
  });
  return {
    description: filledText(),
    keywords: z.array(z.string()),
    roles: z.array(z.string()),
    // The other fields of a band are those of a part of its own.
    bands: z.array(z.looseObject({ name: z.optional(z.string()) })),
    data_type: dataType(),
    nodata: noData(),
    statistics: notEmpty(statistics),
    unit: z.string(),
  };
});

/** The fields that STAC 1.1.0 added to links, besides common metadata. */
export const linkFields = once((): CommonFields => ({
  method: matching(/^[A-Z]+$/, 'is not an HTTP method, such as POST'),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
}));

/** Also in extensions whose times have to be in UTC. */
export function utcDateTime(): z.ZodMiniType {
  return dateTime().check(
    z.refine((value) => isUtc(String(value)), 'is not in UTC: end it with Z'),
  );
}

/** Whether an RFC 3339 date-time is in UTC, as STAC requires. */
export function isUtc(dateTime: string): boolean {
  return /(?:\+00:00|Z)$/.test(dateTime);
}
