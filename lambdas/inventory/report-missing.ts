import { QueryError } from '../runtime/errors.js';

/** Thrown when there is no report or listing to read, or when it is not complete. It may come later. */
export class ReportMissingError extends QueryError {
  /** What is missing, without the advice of the message. */
  readonly missing: string;

  constructor(missing: string, advice?: string) {
    super(advice === undefined ? missing : `${missing}; ${advice}`, { kind: 'transient' });
    this.missing = missing;
  }
}
