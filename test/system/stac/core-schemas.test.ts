import { describe, expect, test } from '@jest/globals';
import { ValidationError } from '../../../lambdas/runtime/errors.js';
import { STAC_VERSIONS, type Collection, type Item } from '../../../lambdas/stac/stac.js';
import { validateCollection, validateItem } from '../../../lambdas/stac/validate.js';
import { coreSchemas } from '../../support/pystac.js';
import { coreSchema } from '../../support/stac-schemas.js';

type Fields = Readonly<Record<string, unknown>>;

const LINK = { rel: 'about', href: 'https://example.com/about' };
const TIME = '2022-11-30T01:43:42Z';

function item(version: string): Fields {
  return {
    type: 'Feature',
    stac_version: version,
    id: 'a',
    properties: { datetime: TIME },
    geometry: { type: 'Point', coordinates: [11, 48] },
    bbox: [11, 48, 11, 48],
    // The schemas let an Item have a collection only with a link to it.
    links: [{ rel: 'collection', href: 'https://example.com/c' }, LINK],
    assets: { data: { href: 'https://example.com/a.tif' } },
    stac_extensions: [],
    collection: 'c',
  };
}

function collection(version: string): Fields {
  return {
    type: 'Collection',
    stac_version: version,
    id: 'c',
    description: 'd',
    license: 'CC-BY-4.0',
    links: [LINK],
    assets: { data: { href: 'https://example.com/a.tif' } },
    item_assets: { data: { title: 't', roles: ['data'] } },
    summaries: { gsd: [10] },
    extent: { spatial: { bbox: [[0, 0, 1, 1]] }, temporal: { interval: [[TIME, null]] } },
  };
}

/** Values of every type, and those that some field allows or narrowly does not. */
const POOL: readonly unknown[] = [
  ...[null, true, 0, 1, -1, 1.5, 101, '', 'x', 'POST', 'post', 'MIT', 'CC BY 4.0', 'other'],
  ...['proprietary', 'various', 'nan', 'int8', 'int', TIME, '2022-11-30T03:43:42+02:00'],
  ...['2022-11-30T01:43:42+00:00', '2022-11-30', '1.0.0', '1.1.0', '1.2.0', 'Feature'],
  ...[[], ['x'], [1], ['x', 'x'], [{}], [{ name: 'x' }], [{ name: 1 }], [{ name: 'x', gsd: 0 }]],
  ...[
    [{ name: 'x', roles: ['host'] }],
    [{ name: 'x', roles: ['owner'] }],
    [{ name: 'x', url: 'x' }],
    [{ data_type: 'int' }],
  ],
  ...[{}, { x: 1 }, { x: 'y' }, { minimum: 1, maximum: 2 }, { minimum: 'a', maximum: 'b' }],
  ...[{ minimum: 'a' }, { mean: 'x' }, { count: 1.5 }, { valid_percent: 101 }, { type: 'string' }],
];

const COMMON = [
  ...['title', 'description', 'keywords', 'roles', 'datetime', 'start_datetime', 'end_datetime'],
  ...['created', 'updated', 'license', 'platform', 'constellation', 'mission', 'instruments'],
  ...['gsd', 'providers', 'bands', 'data_type', 'nodata', 'statistics', 'unit', 'x:other'],
];

function below(path: string, names: readonly string[]): string[] {
  return names.map((name) => `${path}.${name}`);
}

const ITEM_PATHS = [
  ...['stac_version', 'type', 'id', 'stac_extensions', 'assets', 'properties'],
  ...below('properties', COMMON),
  ...below('assets.data', [...COMMON, 'type', 'href']),
  ...below('links.1', [...COMMON, 'type', 'href', 'rel', 'method', 'headers', 'body']),
  ...below('assets.data.bands.0', [...COMMON, 'name']),
];

const COLLECTION_PATHS = [
  ...['stac_version', 'type', 'id', 'stac_extensions', 'links', 'assets', 'item_assets'],
  ...['summaries', 'summaries.x', 'extent.temporal.interval', 'extent.temporal.interval.0'],
  ...['extent.temporal.interval.0.0', 'extent.spatial.bbox', 'extent.spatial.bbox.0'],
  ...COMMON,
  ...below('assets.data', [...COMMON, 'type', 'href']),
  ...below('item_assets.data', [...COMMON, 'type', 'href']),
  ...below('item_assets.data.bands.0', [...COMMON, 'name']),
  ...below('links.0', [...COMMON, 'type', 'method', 'headers']),
];

/** Where this project is stricter than the schemas, whose readers could not use what they allow, or which cannot say it. */
const STRICTER: readonly RegExp[] = [
  // Links and hrefs have to be absolute, and fields that are named have values.
  /^assets\.data\.href: is not an absolute URL/,
  /^(properties\.)?description: Too small/,
  /^[\w.]*providers\.0\.url: Invalid URL/,
  /^stac_extensions\.0: Invalid URL/,
  // In STAC 1.0.0 only the extension item-assets has item_assets.
  /^item_assets/,
];

const used = new Set<RegExp>();

function isStated(fault: string): boolean {
  return STRICTER.some((pattern) => pattern.test(fault));
}

function use(fault: string): void {
  for (const pattern of STRICTER) if (pattern.test(fault)) used.add(pattern);
}

function set(object: unknown, path: readonly string[], value: unknown): unknown {
  const [name = '', ...rest] = path;
  const inner = rest.length > 0 ? set(at(object, name), rest, value) : value;
  if (Array.isArray(object))
    return object.map((old: unknown, index) => (index === Number(name) ? inner : old));
  if (object === undefined && name === '0') return [inner];
  return { ...(object as Fields | undefined), [name]: inner };
}

function at(object: unknown, name: string): unknown {
  return (object as Fields | undefined)?.[name];
}

function faultsOf(object: Fields): readonly string[] {
  try {
    if (object['type'] === 'Collection') validateCollection(object as unknown as Collection);
    else validateItem(object as unknown as Item);
    return [];
  } catch (error) {
    if (error instanceof ValidationError) return error.faults;
    throw error;
  }
}

const compared: string[] = [];

for (const version of STAC_VERSIONS) {
  const found = await coreSchemas(version);
  const title = `[N14] the verdicts on Items and Collections of STAC ${version} are those of its core schemas`;
  if ('missing' in found) {
    test.skip(`${title} (skipped: ${found.missing})`, () => undefined);
    continue;
  }
  const { folder } = found;
  compared.push(version);

  describe(title, () => {
    test.each([
      ['item', item(version), ITEM_PATHS],
      ['collection', collection(version), COLLECTION_PATHS],
    ] as const)('%s', (kind, valid, paths) => {
      const validate = coreSchema(folder, { version, kind });
      expect([faultsOf(valid), validate(valid)]).toEqual([[], true]);
      const differences: unknown[] = [];
      const others: readonly unknown[] = STAC_VERSIONS.filter((other) => other !== version);
      // With another version of STAC, other schemas apply.
      const values = POOL.filter((value) => !others.includes(value));
      let [accepted, refused] = [0, 0];
      for (const path of paths) {
        for (const value of values) {
          const candidate = set(valid, path.split('.'), value) as Fields;
          const bySchema = validate(candidate);
          const faults = faultsOf(candidate);
          const isStricter = faults.length > 0 && faults.every(isStated);
          if (bySchema) accepted++;
          else refused++;
          if (bySchema === (faults.length === 0)) continue;
          if (bySchema && isStricter) faults.forEach(use);
          else differences.push({ path, value, bySchema, faults });
        }
      }

      expect(differences).toEqual([]);
      expect(Math.min(accepted, refused)).toBeGreaterThan(400);
    });
  });
}

test('[N14] each stated difference exists, if the schemas of every version are there', () => {
  if (compared.length === STAC_VERSIONS.length)
    expect(STRICTER.filter((pattern) => !used.has(pattern))).toEqual([]);
});
