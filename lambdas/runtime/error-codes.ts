import { types } from 'node:util';

/** Returns the `code` of an error, such as `ENOENT`; undefined if it has none. */
export function errorCode(thrown: unknown): string | undefined {
  if (!types.isNativeError(thrown) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** Whether an error has this `name`, such as one of the AWS SDK that AWS gave: `ResourceNotFoundException`. */
export function isNamed(thrown: unknown, name: string): boolean {
  return thrown instanceof Error && thrown.name === name;
}

/**
 * Returns the HTTP status of an error from the AWS SDK; undefined if there was no response or the error has another
 * origin.
 */
export function tryAwsStatus(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('$metadata' in thrown)) return undefined;
  const metadata = thrown.$metadata as { readonly httpStatusCode?: number } | undefined;
  return metadata?.httpStatusCode;
}
