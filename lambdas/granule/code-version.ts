import type { Item } from '../stac/stac.js';

/** The version of a pipeline's code, from code_version of its config.yaml. */
export interface CodeVersion {
  /** Id of the pipeline. */
  readonly pipeline: string;
  readonly version: string;
}

const EXTENSION = 'https://stac-extensions.github.io/processing/v1.2.0/schema.json';
const ANY_VERSION = /^https:\/\/stac-extensions\.github\.io\/processing\/v[^/]+\/schema\.json$/;
const SOFTWARE = 'processing:software';

/** The name of a pipeline's code among the software that made an Item. */
export function softwareName(pipeline: string): string {
  return `${pipeline}-pipeline`;
}

/**
 * Returns the Item with the version of the code in `processing:software`, beside the software that it names already, and
 * with the processing extension unless it lists a version of it. An Item whose `processing:software` is not an object
 * stays as it is.
 *
 * @example
 * withCodeVersion(item, { pipeline: 'sentinel1', version: '1.4.0' });
 * // properties: { 'processing:software': { 'S1 IPF': '003.71', 'sentinel1-pipeline': '1.4.0' }, ... }
 */
export function withCodeVersion(item: Item, code: CodeVersion | undefined): Item {
  if (code === undefined) return item;
  const software: unknown = item.properties[SOFTWARE] ?? {};
  if (!isObject(software)) return item;
  const { stac_extensions: extensions = [] } = item;
  const isListed = extensions.some((url) => ANY_VERSION.test(url));
  return {
    ...item,
    stac_extensions: isListed ? extensions : [...extensions, EXTENSION],
    properties: {
      ...item.properties,
      [SOFTWARE]: { ...software, [softwareName(code.pipeline)]: code.version },
    },
  };
}

/**
 * Returns the version of the pipeline's code that `processing:software` of an Item names; undefined if it names none.
 *
 * @example
 * codeVersionIn({ 'S1 IPF': '003.71', 'sentinel1-pipeline': '1.4.0' }, 'sentinel1'); // '1.4.0'
 */
export function codeVersionIn(software: unknown, pipeline: string): string | undefined {
  const version = isObject(software) ? software[softwareName(pipeline)] : undefined;
  return typeof version === 'string' ? version : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
