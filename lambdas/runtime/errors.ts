import { inspect, types } from 'node:util';

/**
 * Whether a retry can help. A message whose failure is `permanent` goes straight to the dead-letter queue; one whose
 * failure is `transient` goes back to the queue.
 */
export type FailureKind = 'permanent' | 'transient';

interface PipelineErrorOptions extends ErrorOptions {
  readonly kind: FailureKind;
}

/** Base class of the errors that this project throws deliberately. `kind` decides what happens to the message. */
export abstract class PipelineError extends Error {
  readonly kind: FailureKind;

  constructor(message: string, { kind, ...options }: PipelineErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/**
 * Thrown when the pipeline cannot use a queue message. Permanent: the message goes straight to the dead-letter queue.
 *
 * @example
 * parseMessage: (message) => {
 *   if (message.type !== 's3-object') throw new MessageError('expected a notification from S3');
 *   return { href: message.href };
 * }
 */
export class MessageError extends PipelineError {
  override readonly name = 'MessageError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, kind: 'permanent' });
  }
}

/** The place in a granule where something is wrong. */
export interface GranuleFault {
  readonly href: string;
  /** The name of the XML element. */
  readonly element?: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 1. */
  readonly column?: number;
}

/**
 * Thrown when a granule was read but cannot become an Item, so a retry cannot help. The message goes straight to the
 * dead-letter queue, with the error text as its reason.
 *
 * @example
 * throw new GranuleError(`${href}: the manifest has no footprint`, { href, element: 'gml:coordinates' });
 */
export class GranuleError extends PipelineError {
  override readonly name = 'GranuleError';
  readonly fault: GranuleFault;

  constructor(message: string, fault: GranuleFault, options?: ErrorOptions) {
    super(message, { ...options, kind: 'permanent' });
    this.fault = fault;
  }
}

interface ReadErrorOptions extends PipelineErrorOptions {
  readonly href: string;
  readonly missing?: boolean;
}

/**
 * Thrown when a file could not be read. Use `permanent` if the file does not exist or its href is not valid, and
 * `transient` for everything that may pass, such as a timeout. `missing` says that the file does not exist.
 *
 * @example
 * throw new ReadError(`${href}: HTTP status 503`, { href, kind: 'transient' });
 */
export class ReadError extends PipelineError {
  override readonly name = 'ReadError';
  readonly href: string;
  /** True if the file does not exist but its bucket does, so that it may still arrive. */
  readonly missing: boolean;

  constructor(message: string, { href, missing = false, ...options }: ReadErrorOptions) {
    super(message, options);
    this.href = href;
    this.missing = missing;
  }
}

/** Thrown when an Item or a Collection violates the STAC specification, before anything is posted. Permanent. */
export class ValidationError extends PipelineError {
  override readonly name = 'ValidationError';
  /** Every violation, as `path: what is wrong`. */
  readonly faults: readonly string[];

  constructor(subject: string, faults: readonly string[], verdict = 'is not valid STAC') {
    super(`${subject} ${verdict}: ${faults.join('; ')}`, { kind: 'permanent' });
    this.faults = faults;
  }
}

/** Thrown when a request to the ingestor failed. `kind` depends on the response. */
export class IngestorError extends PipelineError {
  override readonly name = 'IngestorError';
  /** The HTTP status; undefined if there was no response. */
  readonly status: number | undefined;

  constructor(
    message: string,
    { status, ...options }: PipelineErrorOptions & { readonly status?: number },
  ) {
    super(message, options);
    this.status = status;
  }
}

/** Thrown when no access token could be obtained. Never contains the secret, the token or a response body. */
export class TokenError extends PipelineError {
  override readonly name = 'TokenError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, kind: 'transient' });
  }
}

/** Thrown when an inventory query fails or its result cannot be read. */
export class QueryError extends PipelineError {
  override readonly name = 'QueryError';
}

/** Thrown when the deployment is misconfigured, for example an environment variable or the keys of a secret. */
export class ConfigurationError extends PipelineError {
  override readonly name = 'ConfigurationError';

  constructor(message: string, options?: ErrorOptions) {
    // Transient, because the same message succeeds once the configuration is fixed.
    super(message, { ...options, kind: 'transient' });
  }
}

/** A thrown value, as it is logged and written to a dead letter. */
export interface Failure {
  readonly kind: FailureKind;
  readonly name: string;
  readonly message: string;
  /** Only of an error that was not thrown on purpose, and only in logs. */
  readonly stack?: string;
  /** Receives after which a transient failure is dead-lettered. @default that of the queue */
  readonly maxReceives?: number;
}

/**
 * Converts any thrown value to a failure. An unexpected error is transient, because a needless retry costs less
 * than a lost granule. Looks at `kind`, not at the class, because every bundle has its own copy of the classes. Never throws,
 * and `message` is never empty.
 */
export function failureOf(thrown: unknown): Failure {
  try {
    return isErrorLike(thrown) ? errorFailure(thrown) : unknownFailure(shown(thrown));
  } catch {
    return unknownFailure('a value that throws when it is inspected');
  }
}

type ErrorLike = Pick<Error, 'name' | 'message'>;

/** Not instanceof Error, which is false for errors from another realm. fetch reports a timeout as a DOMException. */
function isErrorLike(thrown: unknown): thrown is ErrorLike {
  return types.isNativeError(thrown) || thrown instanceof DOMException;
}

function errorFailure(thrown: ErrorLike): Failure {
  const kind = 'kind' in thrown && thrown.kind === 'permanent' ? 'permanent' : 'transient';
  // The fields can hold anything. With an empty reason, the function would look as if it had been killed.
  const { name, message }: { name: unknown; message: unknown } = thrown;
  const text = typeof message === 'string' ? message : shown(message);
  return {
    kind,
    name: typeof name === 'string' && name !== '' ? name : 'Error',
    message: text.trim() === '' ? '(an error without a message)' : text,
  };
}

function unknownFailure(what: string): Failure {
  return { kind: 'transient', name: 'UnknownError', message: `thrown: ${what}` };
}

function shown(value: unknown): string {
  return inspect(value, { depth: 1, breakLength: Infinity });
}
