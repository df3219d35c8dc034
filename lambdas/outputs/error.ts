import { PipelineError } from '../runtime/errors.js';

/** Thrown when a file that belongs to an Item cannot be written. Transient, unless its name or its content is wrong. */
export class OutputError extends PipelineError {
  override readonly name = 'OutputError';
}
