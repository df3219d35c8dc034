import { TIMEOUT_SECONDS } from './fields/functions.js';
import { GRANULE_SECONDS } from './fields/python.js';
import type { ConfigRule } from './rule.js';

/** The rules between the keys of a pipeline in Python, and others. */
export const PYTHON_RULES: readonly ConfigRule[] = [
  // A batch needs time for the other granules, and for putting back the messages of those that failed.
  {
    field: 'granule_seconds',
    with: ['timeout_seconds'],
    broken: ({ granule_seconds, timeout_seconds = TIMEOUT_SECONDS }) =>
      granule_seconds !== undefined && granule_seconds * 2 >= timeout_seconds
        ? `must be less than half of timeout_seconds, which is ${timeout_seconds}`
        : undefined,
  },
  {
    field: 'timeout_seconds',
    with: ['python_function', 'granule_seconds'],
    broken: ({ python_function, granule_seconds, timeout_seconds = TIMEOUT_SECONDS }) =>
      python_function !== undefined &&
      granule_seconds === undefined &&
      GRANULE_SECONDS * 2 >= timeout_seconds
        ? `must be more than twice granule_seconds, which is ${GRANULE_SECONDS} by default`
        : undefined,
  },
  {
    field: 'python_arguments',
    with: ['outputs', 'output_argument'],
    broken: ({ python_arguments: given = {}, outputs, output_argument: name = 'output' }) =>
      outputs !== undefined && Object.hasOwn(given, name)
        ? [
            {
              path: [name],
              message: `must not have ${name}: the framework passes the folder for outputs as this argument; output_argument names another one`,
            },
          ]
        : undefined,
  },
];
