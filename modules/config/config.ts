import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { withDefaults } from './defaults.js';
import { ConfigError } from './values/error.js';
import { CONFIG_FIELDS } from './fields.js';
import { problemsOf } from './problems.js';
import { CONFIG_RULES } from './rules.js';
import type { ConfigRule, WrittenConfig } from './rules.js';
import { missingFiles, readConfigFile, shownPath } from './folder.js';
import { parseYaml } from './yaml/document.js';
import type { YamlDocument } from './yaml/document.js';
import type { YamlProblem } from './yaml/syntax.js';

export { listPipelines } from './folder.js';

/** What config.yaml holds, by the keys it has there, with every default filled in. */
export const PipelineConfigSchema = z
  .strictObject(CONFIG_FIELDS)
  .superRefine(checkRules, { when: ({ value }) => typeof value === 'object' && value !== null })
  .transform(withDefaults);

export type PipelineConfig = Readonly<z.infer<typeof PipelineConfigSchema>>;

/** Runs beside wrong fields, so that one reading reports everything: only rules on sound fields are asked. */
function checkRules(config: Partial<WrittenConfig>, context: z.RefinementCtx): void {
  const wrong = new Set(context.issues.map(({ path }) => path?.[0]));
  const isSound = ({ field, with: others }: ConfigRule) =>
    ![field, ...others].some((name) => wrong.has(name));
  for (const rule of CONFIG_RULES.filter(isSound)) {
    const message = rule.broken(config);
    if (message !== undefined) context.addIssue({ code: 'custom', path: [rule.field], message });
  }
}

/** The config of the pipeline in `folder`. Throws ConfigError with every problem that there is. */
export function readPipelineConfig(folder: string): PipelineConfig {
  const { document, problems } = parseYaml(readConfigFile(folder));
  if (document === undefined) throw configError(folder, problems);
  const config = PipelineConfigSchema.safeParse(document.value);
  const found = [
    ...problems,
    ...(config.error?.issues ?? []).flatMap((issue) => problemsOf(issue, document)),
    ...missingFiles(folder, document.keyPositionOf(['historic_frequency']) !== undefined),
    ...otherName(folder, document),
  ];
  if (!config.success || found.length > 0) throw configError(folder, found);
  return config.data;
}

function otherName(folder: string, document: YamlDocument): readonly YamlProblem[] {
  const id = CONFIG_FIELDS.id.safeParse(document.sourceOf(['id']));
  const name = basename(resolve(folder));
  const position = document.positionOf(['id']);
  if (!id.success || id.data === name || position === undefined) return [];
  const message = `must be the folder's name, ${name} (given ${id.data})`;
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
