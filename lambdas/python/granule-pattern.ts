import { requiredEnv } from '../runtime/env.js';
import { ConfigurationError } from '../runtime/errors.js';

/** Returns the expression that finds the keys of granules; it may match any part of a key. Throws ConfigurationError. */
export function granulePattern(): RegExp {
  const pattern = requiredEnv('GRANULE_PATTERN');
  try {
    return new RegExp(pattern, 'u');
  } catch (cause) {
    throw new ConfigurationError(
      `environment variable GRANULE_PATTERN is not a regular expression (given '${pattern}')`,
      { cause },
    );
  }
}
