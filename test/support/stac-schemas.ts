import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { Item } from '../../lambdas/stac/stac.js';
import { sharedPath } from './shared-data.js';

/** The folder of the reference data that has published schemas of extensions. */
export const EXTENSION_SCHEMAS = 'data/stac-schemas';

/** Compiles the published schema of an extension from the reference data. */
export function extensionSchema(url: string): ValidateFunction {
  const name = url.replace(/.*\/([a-z]+)\/(v[\d.]+)\/schema\.json$/, '$1-$2.json');
  const text = readFileSync(sharedPath(`${EXTENSION_SCHEMAS}/${name}`), 'utf8');
  const schema = JSON.parse(text) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, allErrors: false });
  formats(ajv);
  for (const id of remoteSchemas(text)) ajv.addSchema({ $id: id });
  // The schemas are draft-07. Their own $id is only a fragment.
  return ajv.compile({ ...schema, $id: url });
}

/** Finds the schemas of other sites (PROJJSON, GeoJSON), which are replaced by ones that allow everything. */
function remoteSchemas(text: string): Set<string> {
  const refs = [...text.matchAll(/"\$ref":\s*"(https?:[^"#]+)/g)].map(([, url]) => url ?? '');
  return new Set(refs);
}

/**
 * Compiles a core schema of a version of STAC from a folder with its schemas (`stac-spec/`) and those of GeoJSON
 * (`geojson/`). References between them are resolved by the URLs that they are published at.
 */
export function coreSchema(
  folder: string,
  { version, kind }: { readonly version: string; readonly kind: 'item' | 'collection' },
): ValidateFunction {
  const ajv = new Ajv({ strict: false, logger: false });
  formats(ajv);
  const urlOf = (name: string): string => {
    const room = name === 'collection' ? 'collection-spec' : 'item-spec';
    return `https://schemas.stacspec.org/v${version}/${room}/json-schema/${name}.json`;
  };
  const add = (path: string, url: string): void => {
    const schema = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    ajv.addSchema({ ...schema, $id: url });
  };
  for (const name of ['Feature', 'Geometry'])
    add(join(folder, 'geojson', `${name}.json`), `https://geojson.org/schema/${name}.json`);
  const spec = join(folder, 'stac-spec', `v${version}`);
  for (const file of readdirSync(spec)) {
    const name = file.replace(/\.json$/, '');
    if (name !== 'catalog') add(join(spec, file), urlOf(name));
  }
  const validate = ajv.getSchema(urlOf(kind));
  if (validate === undefined) throw new Error(`${folder} has no schema for ${kind}`);
  return validate;
}

/**
 * Returns why the core schema of an Item's own version of STAC does not allow it. The link to the Collection, which the
 * schema demands, is added: a pipeline without stac_api_url cannot have it.
 */
export function coreFaultsOf(item: Item, folder: string): readonly string[] {
  const validate = coreSchema(folder, { version: item.stac_version, kind: 'item' });
  const link = { rel: 'collection', href: 'https://example.com/collection' };
  validate({ ...item, links: [...item.links, link] });
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
