import { PipelineError, type FailureKind } from '../runtime/errors.js';
import { excerpt } from '../runtime/text.js';
import type { PythonException } from './protocol.js';

/** Messages of packages may hold whole files. */
const MESSAGE_CHARACTERS = 700;
const SUBJECT_CHARACTERS = 1_000;

/**
 * Thrown when Python made no Item of a granule. `name` is that of the Python class, such as ValueError, or PythonWorker
 * if the process itself failed. Permanent for GranuleError, FileNotFoundError and the classes of permanent_errors, and
 * for an Item that is not JSON; otherwise transient. `stack` is Python's traceback.
 */
export class PythonError extends PipelineError {
  override readonly name: string;

  constructor(
    message: string,
    { kind, name = 'PythonWorker', trace }: { kind: FailureKind; name?: string; trace?: string },
  ) {
    super(message, { kind });
    this.name = name;
    if (trace !== undefined) this.stack = trace;
  }

  /** The error of an exception that the function raised. @param subject what was processed, such as an href */
  static of(
    subject: string,
    { name, message, at, permanent, trace }: PythonException,
  ): PythonError {
    const place = at === '' ? '' : ` (${at})`;
    const text = message === '' ? name : `${name}: ${excerpt(message, MESSAGE_CHARACTERS)}`;
    return new PythonError(`${excerpt(subject, SUBJECT_CHARACTERS)}: ${text}${place}`, {
      kind: permanent ? 'permanent' : 'transient',
      name,
      trace,
    });
  }
}
