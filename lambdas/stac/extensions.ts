import * as z from 'zod/mini';
import { tryParseInstant } from './time.js';

/** The rules of an extension for the fields with its prefix, in an Item's properties and in its assets. */
export interface StacExtension {
  /** With its colon, such as `sar:`. */
  readonly prefix: string;
  /** A schema for each field of the extension, by the field's full name. */
  readonly fields: Readonly<Record<string, z.ZodMiniType>>;
  /** Fields that an Item's properties must have. */
  readonly required?: readonly string[];
  /** An Item's properties must have at least one of these fields. */
  readonly requiredOneOf?: readonly string[];
}

const number = z.number();
const metres = z.number().check(z.minimum(0));
const percent = z.number().check(z.minimum(0), z.maximum(100));
const wholeNumber = z.int().check(z.minimum(0));
const orbit = z.int().check(z.minimum(1));
const nullableText = z.nullable(z.string());
const dateTime = z
  .string()
  .check(z.refine((text) => tryParseInstant(text) !== undefined, 'is not an RFC 3339 date-time'));

const polarizations = z.array(z.enum(['HH', 'VV', 'HV', 'VH'])).check(
  z.minLength(1),
  z.maxLength(4),
  z.refine((values) => new Set(values).size === values.length, 'has a value twice'),
);

const COMMON_NAMES = [
  ...['coastal', 'blue', 'green', 'red', 'rededge', 'yellow', 'pan', 'nir', 'nir08', 'nir09'],
  ...['cirrus', 'swir16', 'swir22', 'lwir', 'lwir11', 'lwir12'],
];

const bands = z
  .array(
    z
      .looseObject({
        name: z.optional(z.string()),
        common_name: z.optional(z.enum(COMMON_NAMES)),
        description: z.optional(z.string().check(z.minLength(1))),
        center_wavelength: z.optional(z.number().check(z.positive())),
        full_width_half_max: z.optional(z.number().check(z.positive())),
        solar_illumination: z.optional(z.number().check(z.minimum(0))),
      })
      .check(z.refine((band) => Object.keys(band).length > 0, 'is empty')),
  )
  .check(z.minLength(1));

function numbers(...lengths: readonly number[]): z.ZodMiniType {
  return z
    .array(number)
    .check(
      z.refine(
        ({ length }) => lengths.includes(length),
        `does not have ${lengths.join(' or ')} numbers`,
      ),
    );
}

/** @see https://github.com/stac-extensions/sar/blob/v1.0.0/README.md */
const sar: StacExtension = {
  prefix: 'sar:',
  required: ['sar:instrument_mode', 'sar:frequency_band', 'sar:polarizations', 'sar:product_type'],
  fields: {
    'sar:instrument_mode': z.string(),
    'sar:frequency_band': z.enum(['P', 'L', 'S', 'C', 'X', 'Ku', 'K', 'Ka']),
    'sar:center_frequency': number,
    'sar:polarizations': polarizations,
    'sar:product_type': z.string(),
    'sar:resolution_range': metres,
    'sar:resolution_azimuth': metres,
    'sar:pixel_spacing_range': metres,
    'sar:pixel_spacing_azimuth': metres,
    'sar:looks_range': wholeNumber,
    'sar:looks_azimuth': wholeNumber,
    'sar:looks_equivalent_number': metres,
    'sar:observation_direction': z.enum(['left', 'right']),
  },
};

const satFields = {
  'sat:platform_international_designator': z.string(),
  'sat:orbit_state': z.enum(['ascending', 'descending', 'geostationary']),
  'sat:absolute_orbit': orbit,
  'sat:relative_orbit': orbit,
  'sat:anx_datetime': dateTime,
};

/** @see https://github.com/stac-extensions/sat/blob/v1.0.0/README.md */
const sat: StacExtension = {
  prefix: 'sat:',
  fields: satFields,
  requiredOneOf: Object.keys(satFields),
};

/** @see https://github.com/stac-extensions/eo/blob/v1.1.0/README.md */
const eo: StacExtension = {
  prefix: 'eo:',
  fields: { 'eo:cloud_cover': percent, 'eo:snow_cover': percent, 'eo:bands': bands },
};

/** @see https://github.com/stac-extensions/projection/blob/v1.1.0/README.md */
const projection: StacExtension = {
  prefix: 'proj:',
  fields: {
    'proj:epsg': z.nullable(z.int()),
    'proj:wkt2': nullableText,
    'proj:projjson': z.nullable(z.looseObject({})),
    'proj:geometry': z.looseObject({ type: z.string() }),
    'proj:bbox': numbers(4, 6),
    'proj:centroid': z.object({
      lat: z.number().check(z.minimum(-90), z.maximum(90)),
      lon: z.number().check(z.minimum(-180), z.maximum(180)),
    }),
    'proj:shape': z.array(z.int()).check(z.length(2)),
    'proj:transform': numbers(6, 9),
  },
};

/** The extensions that are checked, by the URL of their schema, which an Item lists in `stac_extensions`. */
export const STAC_EXTENSIONS: ReadonlyMap<string, StacExtension> = new Map([
  ['https://stac-extensions.github.io/sar/v1.0.0/schema.json', sar],
  ['https://stac-extensions.github.io/sat/v1.0.0/schema.json', sat],
  ['https://stac-extensions.github.io/eo/v1.1.0/schema.json', eo],
  ['https://stac-extensions.github.io/projection/v1.1.0/schema.json', projection],
]);
