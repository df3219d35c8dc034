import { isBusyStatus } from '../../lambdas/runtime/http.js';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import { CommandError } from '../shared/command.js';
import type { Registry } from './ecr.js';

interface RegistryErrorOptions extends ErrorOptions {
  /** The registry's own code, such as TAG_INVALID; empty if it gave none. */
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly isTransient: boolean;
}

/** Thrown when a registry refuses a request or cannot be reached; the message is one sentence. */
export class RegistryError extends CommandError {
  override readonly name = 'RegistryError';
  readonly code: string;
  readonly isTransient: boolean;

  constructor(message: string, { code, isTransient, ...options }: RegistryErrorOptions) {
    super(message, options);
    this.code = code;
    this.isTransient = isTransient;
  }
}

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

interface Refused {
  /** What cannot be done. */
  readonly failed: string;
  readonly registry: Registry;
}

/** Returns the error for a response that was not expected. */
export function refusalOf(
  { status, body }: { readonly status: number; readonly body: string },
  { failed, registry: { url, username } }: Refused,
): RegistryError {
  const { code, message } = errorIn(body);
  const isTransient = isBusyStatus(status);
  const because = (reason: string) =>
    new RegistryError(`${failed}: ${reason}`, { code, isTransient });
  if (status === UNAUTHORIZED || status === FORBIDDEN) {
    return because(
      `${url} refuses the user ${username} (HTTP status ${status}${message}): check that your credentials are valid and may push`,
    );
  }
  if (code === 'NAME_UNKNOWN') return because(`there is no repository ${url}: create it first`);
  return because(`${url} answered with HTTP status ${status}${message}`);
}

/** The first of the errors that a registry names; the message begins with a comma. */
function errorIn(body: string): { readonly code: string; readonly message: string } {
  const { errors = [] } = (tryParseJson(body) ?? {}) as ErrorBody;
  const { code = '', message = '' } = errors[0] ?? {};
  return { code, message: code === '' ? '' : `, ${code} ${message}`.trimEnd() };
}

interface ErrorBody {
  readonly errors?: readonly { readonly code?: string; readonly message?: string }[];
}
