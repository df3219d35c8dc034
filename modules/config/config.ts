import { basename, join, resolve } from 'node:path';
import { ConfigError } from './values/error.js';
import { CONFIG_FIELDS } from './fields.js';
import type { PipelineConfig } from './fields.js';
import { fieldSchema } from './fields/types.js';
import { misplacedKeys } from './misplaced.js';
import { isAbout, problemsOf } from './problems.js';
import { unquotedValues } from './quoting.js';
import { PipelineConfigSchema } from './schema.js';
import { fileProblems } from './files.js';
import { readConfigFile, shownPath } from './folder.js';
import { parseYaml } from './yaml/document.js';
import type { YamlDocument } from './yaml/document.js';
import type { YamlProblem } from './yaml/syntax.js';

export { listPipelines } from './folder.js';
export type { PipelineConfig } from './fields.js';

/** Reads the config of the pipeline in `folder`. Throws ConfigError with every problem of the folder. */
export function readPipelineConfig(folder: string): PipelineConfig {
  const { document, problems } = parseYaml(readConfigFile(folder));
  if (document === undefined) throw configError(folder, problems);
  const config = PipelineConfigSchema.safeParse(document.value);
  const misplaced = misplacedKeys(document);
  const unquoted = unquotedValues(document);
  const issues = (config.error?.issues ?? []).filter(
    (issue) => !misplaced.fields.has(String(issue.path[0])) && !isAbout(issue, unquoted, document),
  );
  const found = [
    ...problems,
    ...misplaced.problems,
    ...issues.flatMap((issue) => problemsOf(issue, document)),
    ...unquoted,
    ...fileProblems(folder, document),
    ...otherName(folder, document),
  ];
  if (!config.success || found.length > 0) throw configError(folder, found);
  return config.data;
}

function otherName(folder: string, document: YamlDocument): readonly YamlProblem[] {
  const id = fieldSchema(CONFIG_FIELDS.id).safeParse(document.sourceOf(['id']));
  const name = basename(resolve(folder));
  const position = document.positionOf(['id']);
  if (!id.success || id.data === name || position === undefined) return [];
  const message = `must be the name of the folder, ${name} (given ${String(id.data)})`;
  return [{ ...position, field: 'id', message }];
}

function configError(folder: string, problems: readonly YamlProblem[]): ConfigError {
  const file = shownPath(join(folder, 'config.yaml'));
  const lines = problems
    .toSorted((one, other) => one.line - other.line || one.column - other.column)
    .map(
      ({ line, column, field, message }) =>
        `${file}:${line}:${column} ${field === '' ? '' : `${field}: `}${message}`,
    );
  return new ConfigError([...new Set(lines)]);
}
