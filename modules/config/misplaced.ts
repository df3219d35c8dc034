import { CONFIG_FIELDS, CONFIG_KEYS } from './fields.js';
import type { YamlDocument } from './yaml/document.js';
import type { YamlProblem } from './yaml/syntax.js';

const MAPPINGS = ['tags', 'sns_filter_policy'] as const;

type Values = Readonly<Record<string, unknown>>;

export interface Misplaced {
  readonly problems: readonly YamlProblem[];
  /** The mappings with such keys, and the keys themselves: other problems of them are consequences. */
  readonly fields: ReadonlySet<string>;
}

/** Finds keys of config.yaml that stand in a mapping because they are indented. */
export function misplacedKeys(document: YamlDocument): Misplaced {
  const top = tryValues(document.value) ?? {};
  const found = MAPPINGS.flatMap((mapping) =>
    CONFIG_KEYS.filter((key) => isMisplaced(key, mapping, top)).map((key) => ({ key, mapping })),
  );
  return {
    problems: found.flatMap(({ key, mapping }) => {
      const position = document.keyPositionOf([mapping, key]);
      const message = `stands under ${mapping}: move it to the left`;
      return position === undefined ? [] : [{ ...position, field: key, message }];
    }),
    fields: new Set(found.flatMap(({ key, mapping }) => [key, mapping])),
  };
}

/** Only a key that cannot be meant as a tag or a name of the filter policy: `source` or `region` may well be one. */
function isMisplaced(key: string, mapping: (typeof MAPPINGS)[number], top: Values): boolean {
  const values = tryValues(top[mapping]);
  if (values === undefined || !Object.hasOwn(values, key) || Object.hasOwn(top, key)) return false;
  return key.includes('_') || isRequired(key) || !fits(values[key], mapping);
}

function isRequired(key: string): boolean {
  const required = Object.entries(CONFIG_FIELDS).filter(([, field]) => 'required' in field);
  return required.some(([name]) => name === key);
}

function fits(value: unknown, mapping: (typeof MAPPINGS)[number]): boolean {
  return mapping === 'tags' ? typeof value === 'string' : typeof value === 'object';
}

function tryValues(value: unknown): Values | undefined {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping ? (value as Values) : undefined;
}
