import { CONFIG_DEFAULTS } from '../../config/defaults.js';
import { LOG_RETENTION_DAYS } from '../../config/fields.js';
import type { Variable } from './variable.js';
import { VALUE, wholeNumber } from './variable.js';
import type { Range } from './variable.js';

/** A number of config.yaml as a variable; a test holds that both allow the same. */
function setting(
  key: NumberKey,
  range: Range,
  description: string,
): Variable & Required<Pick<Variable, 'rules'>> {
  const rules = [wholeNumber(range)];
  return { type: 'number', description, default: CONFIG_DEFAULTS[key], rules };
}

type NumberKey = {
  [Key in keyof typeof CONFIG_DEFAULTS]: (typeof CONFIG_DEFAULTS)[Key] extends number ? Key : never;
}[keyof typeof CONFIG_DEFAULTS];

/** Settings of functions and of what feeds them, by their keys in config.yaml. */
export const FUNCTION_SETTINGS = {
  timeout_seconds: setting(
    'timeout_seconds',
    { min: 1, max: 900, unit: 'seconds' },
    'Time-out of a function.',
  ),
  memory_mb: setting(
    'memory_mb',
    { min: 128, max: 10_240, unit: 'megabytes' },
    'Memory of a function.',
  ),
  batch_size: setting(
    'batch_size',
    { min: 1, max: 10_000, unit: 'messages' },
    'Messages handled by one invocation; above 10 needs batch_window_seconds of 1 or more.',
  ),
  batch_window_seconds: setting(
    'batch_window_seconds',
    { min: 0, max: 300, unit: 'seconds' },
    'How long a batch may wait to fill up.',
  ),
  max_concurrency: setting(
    'max_concurrency',
    { min: 2, max: 1000, unit: 'concurrent batches' },
    'Batches handled at the same time.',
  ),
  retry_delay_seconds: setting(
    'retry_delay_seconds',
    { min: 0, max: 900, unit: 'seconds' },
    'Wait before the second try of a message; doubles with each further try.',
  ),
  verify_tries: setting(
    'verify_tries',
    { min: 1, max: 100, unit: 'tries' },
    'How often an Item that failed to load is posted again.',
  ),
  max_age_minutes: setting(
    'max_age_minutes',
    { min: 1, max: 10_079, unit: 'minutes' },
    'Age of the oldest message that raises an alarm.',
  ),
};

/** What a queue's mapping may take at a time. */
export const BATCH_SIZE: Variable = {
  ...FUNCTION_SETTINGS.batch_size,
  rules: [
    ...FUNCTION_SETTINGS.batch_size.rules,
    {
      condition: `${VALUE} <= 10 || var.batch_window_seconds >= 1`,
      must: 'be 10 at most while batch_window_seconds is 0',
    },
  ],
};

export const LOG_RETENTION: Variable = {
  type: 'number',
  description: 'Days that logs are kept.',
  default: CONFIG_DEFAULTS.log_retention_days,
  rules: [
    {
      condition: `contains([${LOG_RETENTION_DAYS.join(', ')}], SELF)`,
      must: `be one of ${LOG_RETENTION_DAYS.join(', ')}`,
    },
  ],
};
