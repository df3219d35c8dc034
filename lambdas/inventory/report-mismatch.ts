import { QueryError } from '../runtime/errors.js';

/** Thrown when a report has another format, or other columns, than config.yaml says. */
export class ReportMismatchError extends QueryError {
  /** What does not match, without the advice of the message. */
  readonly mismatch: string;
  /** The lines of config.yaml that fit the report. */
  readonly lines: readonly string[];

  constructor(mismatch: string, lines: readonly string[]) {
    super(
      `${mismatch}. Set these two lines in config.yaml and deploy again:\n${lines.join('\n')}`,
      { kind: 'permanent' },
    );
    this.mismatch = mismatch;
    this.lines = lines;
  }
}
