import { ConfigurationError } from './errors.js';

/** The value of an environment variable that the deployment sets. Throws ConfigurationError with its name. */
export function requiredEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new ConfigurationError(
      `environment variable ${name} is not set: the stack sets it, so deploy the pipeline again`,
    );
  }
  return value;
}

/** As requiredEnv, undefined where it is unset or empty. */
export function optionalEnv(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/** A whole number from the environment, `fallback` where it is unset. */
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
