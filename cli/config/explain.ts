import { environmentOf, readConfigOf } from '../../modules/config/config.js';
import { parseProject } from '../../modules/config/names.js';
import { originsOf, type ValueWithOrigin } from '../../modules/config/environment/origins.js';
import { isMapping } from '../../modules/config/environment/layers.js';
import type { PipelineFolder } from '../shared/command.js';
import { readWithNotice } from '../shared/local-config.js';
import { tableLines } from '../shared/table.js';

type Values = ReadonlyMap<string, ValueWithOrigin>;

/** Reads the values of a pipeline for PROJECT; without PROJECT those for work on this machine. Throws ConfigError. */
export function explainConfig({ folder }: PipelineFolder, project = ''): Values {
  if (project === '') return originsOf(readWithNotice(folder));
  return originsOf(readConfigOf(folder, environmentOf(folder, parseProject(project))));
}

/** The values as a table: key, value, origin. Each tag has a line of its own, because files can share them. */
export function explainText(values: Values): string {
  const rows = [...values].flatMap(([key, { value, origin, origins }]) =>
    origins === undefined || !isMapping(value)
      ? [[key, textOf(value), origin]]
      : Object.entries(value).map(([tag, text]) => [
          `${key}.${tag}`,
          textOf(text),
          origins[tag] ?? origin,
        ]),
  );
  return tableLines(COLUMNS, rows).join('\n');
}

const COLUMNS = ['key', 'value', 'origin'].map((title) => ({ title }));

export function explainJson(values: Values): string {
  return JSON.stringify(Object.fromEntries(values), undefined, 2);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
