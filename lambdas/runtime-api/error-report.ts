import { failureOf } from '../runtime/errors.js';

/** An error as Lambda shows it to the caller of the function. */
export interface ErrorReport {
  readonly errorType: string;
  readonly errorMessage: string;
  /** One frame per element. */
  readonly stackTrace: readonly string[];
}

/** Characters that a header may have: Lambda takes the type of an error in one. */
const NOT_IN_HEADER = /[^\x20-\x7e]/g;

/** Reports any thrown value. Never throws. @param errorType @default the name of the error */
export function errorReport(thrown: unknown, errorType?: string): ErrorReport {
  const { name, message } = failureOf(thrown);
  return {
    errorType: (errorType ?? name).replace(NOT_IN_HEADER, '?'),
    errorMessage: message,
    stackTrace: framesOf(thrown),
  };
}

function framesOf(thrown: unknown): readonly string[] {
  try {
    const { stack } = thrown as { readonly stack?: unknown };
    if (typeof stack !== 'string') return [];
    return stack
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('at '));
  } catch {
    return [];
  }
}
