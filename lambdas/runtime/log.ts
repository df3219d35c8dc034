import { Logger } from '@aws-lambda-powertools/logger';

export type LogFields = Readonly<Record<string, unknown>>;

/** The logger of the handlers. Fields must never contain a token, a secret or a whole response body. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * Creates a logger that writes JSON lines: warnings and errors to stderr, others to stdout. Powertools reads the service
 * name and the level from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL.
 */
export function jsonLog(): Log {
  const logger = new Logger();
  return {
    info: (message, fields = {}) => {
      logger.info(message, fields);
    },
    warn: (message, fields = {}) => {
      logger.warn(message, fields);
    },
    error: (message, fields = {}) => {
      logger.error(message, fields);
    },
  };
}

/** Discards everything; for tests and local runs. */
export const silentLog: Log = { info: noop, warn: noop, error: noop };

function noop(): void {
  // Discards the message.
}
