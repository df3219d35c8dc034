import { inspect, types } from 'node:util';

/** Whether another try can help. `permanent`: to the dead letters now. `transient`: back to the queue. */
export type FailureKind = 'permanent' | 'transient';

interface PipelineErrorOptions extends ErrorOptions {
  readonly kind: FailureKind;
}

/** Base of every error this project throws on purpose: a sentence for a person, and a kind for the machine. */
export abstract class PipelineError extends Error {
  readonly kind: FailureKind;

  constructor(message: string, { kind, ...options }: PipelineErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Thrown when a queue message is of no shape that the pipeline knows. */
export class MessageError extends PipelineError {
  override readonly name = 'MessageError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, kind: 'permanent' });
  }
}

/** Where in a granule a fault was found. */
export interface GranuleFault {
  readonly href: string;
  readonly element?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
}

/** Thrown when a granule was read but cannot become an Item: its content would have to change first. */
export class GranuleError extends PipelineError {
  override readonly name = 'GranuleError';
  readonly fault: GranuleFault;

  constructor(message: string, fault: GranuleFault, options?: ErrorOptions) {
    super(message, { ...options, kind: 'permanent' });
    this.fault = fault;
  }
}

/** Thrown when an object could not be read; permanent only when it does not exist or the href is no href. */
export class ReadError extends PipelineError {
  override readonly name = 'ReadError';
  readonly href: string;

  constructor(
    message: string,
    { href, ...options }: PipelineErrorOptions & { readonly href: string },
  ) {
    super(message, options);
    this.href = href;
  }
}

/** Thrown before anything is posted when an Item or a Collection breaks the STAC specification. */
export class ValidationError extends PipelineError {
  override readonly name = 'ValidationError';
  readonly faults: readonly string[];

  constructor(subject: string, faults: readonly string[]) {
    super(`${subject} is not valid STAC: ${faults.join('; ')}`, { kind: 'permanent' });
    this.faults = faults;
  }
}

/** Thrown when the ingestor did not take what was posted; the kind follows from its answer. */
export class IngestorError extends PipelineError {
  override readonly name = 'IngestorError';
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;

  constructor(
    message: string,
    { status, ...options }: PipelineErrorOptions & { readonly status?: number },
  ) {
    super(message, options);
    this.status = status;
  }
}

/** Thrown when no access token could be had. Never carries the secret, the token or an answer's body. */
export class TokenError extends PipelineError {
  override readonly name = 'TokenError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, kind: 'transient' });
  }
}

/** Thrown when an inventory query cannot be run or its result cannot be read. */
export class QueryError extends PipelineError {
  override readonly name = 'QueryError';
}

/** Thrown when the deployment itself is wrong (an environment variable, a secret's keys): a person has to mend it. */
export class ConfigurationError extends PipelineError {
  override readonly name = 'ConfigurationError';

  constructor(message: string, options?: ErrorOptions) {
    // Transient: once mended, the same message succeeds.
    super(message, { ...options, kind: 'transient' });
  }
}

export interface Failure {
  readonly kind: FailureKind;
  readonly name: string;
  readonly message: string;
}

/**
 * Any thrown value as a failure. What nobody foresaw is transient: a retry costs little, a lost granule much.
 * Goes by `kind` and not by class, since a bundle has classes of its own. Never throws, and `message` is never empty.
 */
export function failureOf(thrown: unknown): Failure {
  try {
    return isErrorLike(thrown) ? errorFailure(thrown) : unknownFailure(shown(thrown));
  } catch {
    return unknownFailure('a value that throws when it is looked at');
  }
}

type ErrorLike = Pick<Error, 'name' | 'message'>;

/** Not instanceof: an error of another realm is one, too, and so is a DOMException (a time-out of fetch). */
function isErrorLike(thrown: unknown): thrown is ErrorLike {
  return types.isNativeError(thrown) || thrown instanceof DOMException;
}

function errorFailure(thrown: ErrorLike): Failure {
  const kind = 'kind' in thrown && thrown.kind === 'permanent' ? 'permanent' : 'transient';
  // Anybody may have put anything there, or nothing; a dead letter without a reason would be one that was killed.
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

/** The system's name of an error (`ENOENT`); undefined where it has none. */
export function errorCode(thrown: unknown): string | undefined {
  if (!types.isNativeError(thrown) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
