import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
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
