import {
  isObject,
  type JsonFault,
  missing,
  notAnObject,
  textFaults,
  valueFault,
} from './faults.js';

type Fields = Readonly<Record<string, unknown>>;

/** Returns the faults that the real ingestor reports for an Item without calling other services; none for a valid Item. */
export function itemFaults(body: unknown): JsonFault[] {
  if (!isObject(body)) return [notAnObject(['body'], body)];
  const faults = [
    ...typeFaults(body['type']),
    ...versionFaults(body['stac_version']),
    ...textFaults(body['id'], ['body', 'id']),
    ...textFaults(body['collection'], ['body', 'collection']),
    ...geometryFaults(body),
    ...propertiesFaults(body['properties']),
    ...linkFaults(body['links']),
    ...assetFaults(body['assets']),
    ...extensionFaults(body['stac_extensions']),
  ];
  // As in pydantic, validators of the whole model run only if every field is valid.
  return faults.length > 0 ? faults : bboxFaults(body);
}

function typeFaults(type: unknown): JsonFault[] {
  if (type === 'Feature') return [];
  if (type === undefined) return [missing(['body', 'type'])];
  return [
    { type: 'literal_error', loc: ['body', 'type'], msg: "Input should be 'Feature'", input: type },
  ];
}

const VERSION = /^1\.\d+\.\d+/;

function versionFaults(version: unknown): JsonFault[] {
  if (version === undefined || (typeof version === 'string' && VERSION.test(version))) return [];
  const loc = ['body', 'stac_version'];
  return [
    {
      type: 'string_pattern_mismatch',
      loc,
      msg: 'String should match the pattern of a STAC version',
      input: version,
    },
  ];
}

function geometryFaults(body: Fields): JsonFault[] {
  const loc = ['body', 'geometry'];
  if (!('geometry' in body)) return [missing(loc)];
  const { geometry } = body as { readonly geometry: unknown };
  if (geometry === null) return [];
  if (!isObject(geometry)) return [notAnObject(loc, geometry)];
  return ringsOf(geometry).every(isClosed)
    ? []
    : [valueFault(loc, 'All linear rings MUST have the same start and end coordinates')];
}

function ringsOf({ type, coordinates }: Fields): unknown[] {
  if (!Array.isArray(coordinates)) return [];
  if (type === 'Polygon') return coordinates;
  return type === 'MultiPolygon' ? coordinates.flat(1) : [];
}

function isClosed(ring: unknown): boolean {
  return Array.isArray(ring) && String(ring[0]) === String(ring.at(-1));
}

function propertiesFaults(properties: unknown): JsonFault[] {
  const loc = ['body', 'properties'];
  if (properties === undefined) return [missing(loc)];
  if (!isObject(properties)) return [notAnObject(loc, properties)];
  const { datetime, start_datetime: start, end_datetime: end } = properties;
  if (datetime === undefined) return [missing([...loc, 'datetime'])];
  if (datetime === null) {
    const given = typeof start === 'string' && typeof end === 'string';
    return given
      ? []
      : [
          valueFault(
            loc,
            'start_datetime and end_datetime must be specified when datetime is null',
          ),
        ];
  }
  return timeFaults(datetime, [...loc, 'datetime']);
}

function timeFaults(time: unknown, loc: string[]): JsonFault[] {
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) {
    return [
      { type: 'datetime_parsing', loc, msg: 'Input should be a valid datetime', input: time },
    ];
  }
  if (/(Z|[+-]\d\d:?\d\d)$/i.test(time)) return [];
  return [{ type: 'timezone_aware', loc, msg: 'Input should have timezone info', input: time }];
}

function linkFaults(links: unknown): JsonFault[] {
  const loc = ['body', 'links'];
  if (links === undefined) return [missing(loc)];
  if (!Array.isArray(links))
    return [{ type: 'list_type', loc, msg: 'Input should be a valid list', input: links }];
  return links.flatMap((link: unknown, index) => {
    const at = [...loc, index];
    if (!isObject(link)) return [notAnObject(at, link)];
    return ['href', 'rel'].flatMap((key) => textFaults(link[key], [...at, key]));
  });
}

function assetFaults(assets: unknown): JsonFault[] {
  const loc = ['body', 'assets'];
  if (assets === undefined) return [missing(loc)];
  if (!isObject(assets)) return [notAnObject(loc, assets)];
  return Object.entries(assets).flatMap(([key, asset]) =>
    isObject(asset)
      ? textFaults(asset['href'], [...loc, key, 'href'])
      : [notAnObject([...loc, key], asset)],
  );
}

function extensionFaults(extensions: unknown): JsonFault[] {
  if (!Array.isArray(extensions)) return [];
  return extensions.flatMap((extension: unknown, index) =>
    typeof extension === 'string' && URL.canParse(extension)
      ? []
      : [
          {
            type: 'url_parsing',
            loc: ['body', 'stac_extensions', index],
            msg: 'Input should be a valid URL',
            input: extension,
          },
        ],
  );
}

function bboxFaults(body: Fields): JsonFault[] {
  if (body['geometry'] === null || Array.isArray(body['bbox'])) return [];
  return [valueFault(['body'], 'bbox is required if geometry is not null')];
}
