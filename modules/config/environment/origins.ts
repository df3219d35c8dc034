import type { ReadConfig } from '../config.js';
import { CONFIG_FIELDS, CONFIG_KEYS, type ConfigKey } from '../fields.js';
import type { Field } from '../fields/field.js';
import { isMapping } from './layers.js';

/** The value of a key that applies, and where it stands. */
export interface ValueWithOrigin {
  readonly value: unknown;
  /** `path:line`, or `default`. */
  readonly origin: string;
  /** The origins of tags, which several files can give. */
  readonly origins?: Readonly<Record<string, string>>;
}

export const DEFAULT_ORIGIN = 'default';

/**
 * Returns every key that applies to a pipeline, in the order of docs/config.md, with the place of its value. A key that
 * has neither a value nor a default is left out, and so is the default of one without effect, such as granule_seconds of
 * a pipeline that is not in Python.
 *
 * @example originsOf(read).get('memory_mb'); // { value: 2048, origin: 'environments/prod.yaml:4' }
 */
export function originsOf({ config, given }: ReadConfig): ReadonlyMap<ConfigKey, ValueWithOrigin> {
  const placeOf = (path: readonly string[]) => {
    const position = given.keyPositionOf(path);
    return position && `${position.file ?? ''}:${position.line}`;
  };
  const found = CONFIG_KEYS.flatMap((key) => {
    const { [key]: value } = config;
    const origin = placeOf([key]);
    if (value === undefined || (origin === undefined && !hasEffect(key, config))) return [];
    return [
      [key, { value, origin: origin ?? DEFAULT_ORIGIN, ...entries(key, value, placeOf) }] as const,
    ];
  });
  return new Map(found);
}

function hasEffect(key: ConfigKey, config: ReadConfig['config']): boolean {
  const { needs = {} }: Field = CONFIG_FIELDS[key];
  return Object.keys(needs).every(
    (needed) => ![undefined, false].includes(config[needed as ConfigKey] as undefined),
  );
}

function entries(
  key: ConfigKey,
  value: unknown,
  placeOf: (path: readonly string[]) => string | undefined,
): Pick<ValueWithOrigin, 'origins'> {
  if (key !== 'tags' || !isMapping(value)) return {};
  const origins = Object.keys(value).map((tag) => [tag, placeOf([key, tag]) ?? DEFAULT_ORIGIN]);
  return origins.length === 0
    ? {}
    : { origins: Object.fromEntries(origins) as Record<string, string> };
}
