import { writeStatement } from '../../constructs/s3-access.js';
import type { DerivedOutputs, DerivedPython } from '../../pipeline/derived.js';
import type { ModuleStack } from '../generate/stack.js';

const HAS_PYTHON = 'var.python_function != null';
const HAS_PATTERN = 'var.granule_pattern != null';

/** Expressions of the variables of the app's environment, as pythonVariables of modules/config/python-variables.ts has them;
 * the variables that are null by default need none. */
const VARIABLES: Readonly<Record<string, string>> = {
  PYTHON_ARGUMENTS: 'jsonencode(var.python_arguments)',
  GRANULE_INPUT: 'var.granule_input',
  GRANULE_SECONDS: 'tostring(var.granule_seconds)',
  GRANULE_FILES: 'jsonencode(var.granule_files)',
  PERMANENT_ERRORS: 'jsonencode(var.permanent_errors)',
  OUTPUT_ARGUMENT: 'var.output_argument',
};

function localName(variable: string): string {
  return variable.toLowerCase().replaceAll('_', '-');
}

/** The conditions of what only a pipeline in Python has. */
export const PYTHON_PRESENCE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.keys(VARIABLES).map((name) => [`local.${localName(name)}`, HAS_PYTHON]),
  ),
  'local.granule-bucket': 'local.granule-bucket != null',
  'local.outputs': 'var.outputs != null',
  'local.outputs-objects': 'var.outputs != null',
};

/** The conditions of blocks that only a function in Python has. */
export const PYTHON_BLOCKS: Readonly<Record<string, string>> = { ephemeral_storage: HAS_PYTHON };

/** The settings of a function in Python, as expressions of the variables of the same names. */
export function pythonReferences(stack: ModuleStack, bucket: string): DerivedPython {
  const values = Object.entries(VARIABLES).map(([name, expression]) => {
    const local = stack.local(localName(name), `${HAS_PYTHON} ? ${expression} : null`);
    return [name, local.asString] as const;
  });
  return {
    variables: {
      PYTHON_FUNCTION: stack.text('python_function'),
      ...Object.fromEntries(values),
      GRANULE_PATTERN: stack.text('granule_pattern'),
      GRANULE_BUCKET: bucket,
    },
    architecture: stack.text('architecture'),
    scratchMb: stack.number('scratch_mb'),
  };
}

/** The bucket of keys that are given without one: that of the first source. */
export function granuleBucket(stack: ModuleStack): string {
  return stack.local(
    'granule-bucket',
    `${HAS_PATTERN} ? try(local.source-places[0].bucket, null) : null`,
  ).asString;
}

/** The place of files that belong to Items. */
export function outputsReferences(stack: ModuleStack): DerivedOutputs {
  const location = stack.local('outputs', 'try(replace(var.outputs, "//+$/", ""), null)').asString;
  const objects = stack.local(
    'outputs-objects',
    `[for location in compact([local.outputs]) : "arn:\${data.aws_partition.current-partition.partition}:s3:::\${trimprefix(location, "s3://")}/*"]`,
  ).asList;
  return { location, access: writeStatement(objects) };
}
