import type { PipelineConfig } from './fields.js';

/** The keys of config.yaml that the code of a Python pipeline reads as environment variables. */
type PythonConfig = Pick<
  PipelineConfig,
  | 'python_arguments'
  | 'granule_pattern'
  | 'granule_input'
  | 'granule_seconds'
  | 'granule_files'
  | 'permanent_errors'
  | 'output_argument'
> &
  Partial<Pick<PipelineConfig, 'source'>> & { readonly python_function: string };

/** Returns the environment variables of the function that makes Items with Python, deployed or on this machine. */
export function pythonVariables(config: PythonConfig): Readonly<Record<string, string>> {
  return {
    PYTHON_FUNCTION: config.python_function,
    PYTHON_ARGUMENTS: JSON.stringify(config.python_arguments),
    GRANULE_INPUT: config.granule_input,
    GRANULE_SECONDS: String(config.granule_seconds),
    GRANULE_FILES: JSON.stringify(config.granule_files),
    PERMANENT_ERRORS: JSON.stringify(config.permanent_errors),
    OUTPUT_ARGUMENT: config.output_argument,
    ...keyVariables(config),
  };
}

/** Returns the variables of a function that takes keys by granule_pattern, in messages or in rows of an inventory. */
export function keyVariables({
  granule_pattern: pattern,
  source = [],
}: Partial<Pick<PipelineConfig, 'granule_pattern' | 'source'>>): Readonly<Record<string, string>> {
  const bucket = /^s3:\/\/([^/]+)/.exec(source[0] ?? '')?.[1];
  return {
    ...(pattern !== undefined && { GRANULE_PATTERN: pattern }),
    ...(pattern !== undefined && bucket !== undefined && { GRANULE_BUCKET: bucket }),
  };
}
