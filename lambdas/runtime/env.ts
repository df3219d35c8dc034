import { ConfigurationError } from './errors.js';

/** Returns an environment variable that the deployment sets. Throws ConfigurationError if it is unset or empty. */
export function requiredEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new ConfigurationError(
      `environment variable ${name} is not set: the stack sets it, so deploy the pipeline again`,
    );
  }
  return value;
}

/** Returns an environment variable; undefined if it is unset or empty. */
export function optionalEnv(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/** Returns a whole number from the environment, or `fallback` if the variable is unset. Throws ConfigurationError. */
export function numberEnv(name: string, fallback: number): number {
  const value = optionalEnv(name);
  if (value === undefined) return fallback;
  if (!/^\d+$/.test(value)) {
    throw new ConfigurationError(
      `environment variable ${name} is not a whole number (given '${value}')`,
    );
  }
  return Number(value);
}

/** Returns all environment variables, for a child process that needs some of them. */
export function wholeEnv(): NodeJS.ProcessEnv {
  return process.env;
}
