import { types } from 'node:util';
import { failureOf, PipelineError, type Failure } from './errors.js';
import { excerpt } from './text.js';
import { deepenStacks, pipelinePlace, traceOf } from './trace.js';

/** Together shorter than the reason of a dead letter, so that the place at its end is kept. */
const SUBJECT_CHARACTERS = 1_100;
const MESSAGE_CHARACTERS = 700;
const DOTS = '...';

/**
 * An error that the code of a pipeline did not throw on purpose, such as a TypeError. `name` is that of the original
 * error. The message begins with the subject and ends with the place in the pipeline's code; `stack` is that of the
 * original error, with paths relative to the repository.
 */
export class UnexpectedError extends PipelineError {
  override readonly name: string;

  /** @param subject what was processed, such as the href of a granule */
  constructor(subject: string, cause: unknown) {
    const reason = reasonOf(cause);
    const message = reason.startsWith(subject)
      ? reason
      : `${excerpt(subject, SUBJECT_CHARACTERS)}: ${reason}`;
    super(message, { kind: 'transient', cause });
    this.name = failureOf(cause).name;
    this.stack = traceOf(cause);
  }
}

/**
 * Calls code of a pipeline. Errors that it throws on purpose pass unchanged; throws UnexpectedError for all others.
 *
 * @param subject returns what is processed, such as the href of a granule
 */
export function callPipelineCode<T>(subject: () => string, call: () => T): T {
  deepenStacks();
  try {
    return call();
  } catch (error) {
    throw isDeliberate(error) ? error : new UnexpectedError(subject(), error);
  }
}

/** Like callPipelineCode, for a function that may return a promise. */
export async function awaitPipelineCode<T>(
  subject: () => string,
  call: () => T | Promise<T>,
): Promise<T> {
  deepenStacks();
  try {
    return await call();
  } catch (error) {
    throw isDeliberate(error) ? error : new UnexpectedError(subject(), error);
  }
}

/**
 * Returns the message of a thrown value. That of an error that was not thrown on purpose ends with the place in the
 * pipeline's code, such as `pipelines/x/app.ts:12:7`.
 */
export function reasonOf(thrown: unknown): string {
  const { message } = failureOf(thrown);
  if (isDeliberate(thrown)) return message;
  const place = pipelinePlace(thrown);
  const text = excerpt(message, MESSAGE_CHARACTERS);
  return place === undefined ? text : `${text} at ${place}`;
}

/** Truncates a reason to `width` characters, followed by dots. The place in the pipeline's code at its end is kept. */
export function cutReason(reason: string, width: number): string {
  if (reason.length <= width) return reason;
  const [place = ''] = / at pipelines\/[^ ]+:\d+:\d+$/.exec(reason) ?? [];
  return `${reason.slice(0, Math.max(0, width - place.length - DOTS.length))}${DOTS}${place}`;
}

/** Like failureOf, with the stack of an error that was not thrown on purpose. */
export function tracedFailureOf(thrown: unknown): Failure {
  const failure = failureOf(thrown);
  if (thrown instanceof UnexpectedError) return { ...failure, stack: thrown.stack ?? '' };
  return isDeliberate(thrown) ? failure : { ...failure, stack: traceOf(thrown) };
}

const BUGS = ['TypeError', 'ReferenceError', 'SyntaxError'];

/**
 * Whether a thrown value is a mistake in the code and no judgement of its input, such as a TypeError. Text that is not
 * JSON is not a mistake.
 */
export function isBug(thrown: unknown): boolean {
  if (isDeliberate(thrown) && !(thrown instanceof UnexpectedError)) return false;
  const { name, message } = failureOf(thrown);
  return BUGS.includes(name) && !(name === 'SyntaxError' && message.includes('JSON'));
}

/** Looks at `kind`, not at the class, because every bundle has its own copy of the classes. */
function isDeliberate(thrown: unknown): boolean {
  if (!types.isNativeError(thrown) || !('kind' in thrown)) return false;
  return thrown.kind === 'permanent' || thrown.kind === 'transient';
}
