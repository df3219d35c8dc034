import { formatWithOptions, types } from 'node:util';
import { errorReport } from './error-report.js';

/** Levels of JSON logs by the method of the console, as Lambda names them. */
const LEVELS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const;

type Method = keyof typeof LEVELS;

const METHODS = Object.keys(LEVELS) as Method[];

interface JsonLines {
  /** The request that lines belong to. */
  readonly requestId: () => string | undefined;
  /** Writes one line, without its end. */
  readonly write: (line: string) => void;
}

/**
 * Makes console write JSON lines, as Lambda's Node.js runtime does with the log format JSON. The logger of the handlers
 * writes its own lines to stdout and stderr, and does not use it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function useJsonConsole(
  console: Pick<Console, Method>,
  { requestId, write }: JsonLines,
): void {
  for (const method of METHODS) {
    console[method] = (...values: readonly unknown[]) => {
      write(jsonLine(LEVELS[method], values, requestId()));
    };
  }
}

/** Returns one line: with the type, the message and the frames of the first error among the values. */
function jsonLine(level: string, values: readonly unknown[], requestId?: string): string {
  const [only] = values;
  const error = values.find((value) => types.isNativeError(value));
  const isData = values.length === 1 && typeof only === 'object' && error === undefined;
  const entry = {
    timestamp: new Date().toISOString(),
    level,
    ...(requestId !== undefined && { requestId }),
    ...(error !== undefined && errorReport(error)),
  };
  const message = formatWithOptions({ breakLength: Infinity }, ...values);
  return (
    (isData ? tryStringify({ ...entry, message: only }) : undefined) ??
    tryStringify({ ...entry, message }) ??
    message
  );
}

/** Returns undefined for values that JSON lacks, such as one that contains itself. */
function tryStringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
