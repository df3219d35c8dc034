import type { Invocation, RuntimeApi } from './client.js';
import { ResponseTooLargeError } from './client.js';
import { contextOf, traceIdOf } from './context.js';
import { errorReport } from './error-report.js';
import type { ErrorReport } from './error-report.js';
import type { Handler } from './handler.js';

type ProcessEvent = 'uncaughtException' | 'unhandledRejection' | 'beforeExit';

/** The parts of a process that a function needs. */
export interface FunctionProcess {
  readonly env: Record<string, string | undefined>;
  on(event: ProcessEvent, listener: (reason: unknown) => void): unknown;
  exit(code: number): void;
}

interface FunctionParts {
  readonly api: RuntimeApi;
  readonly load: () => Promise<Handler>;
  readonly process: FunctionProcess;
  /** Receives the id of each invocation, and undefined after it. */
  readonly onInvocation?: (requestId: string | undefined) => void;
  /** Logs an error that is reported. */
  readonly logError: (error: unknown) => void;
}

const FAILED = 1;
const TRACE_ID = '_X_AMZN_TRACE_ID';

/**
 * Runs a function: loads its handler, and passes it one event after the other, for ever. What the handler throws is the
 * result of that invocation. An error outside of the handler, and one that Lambda cannot take, is reported and ends the
 * process, so that Lambda starts another one.
 */
export async function runFunction(parts: FunctionParts): Promise<void> {
  const { api, load, process } = parts;
  let current: string | undefined;
  let isStarting = true;
  let hasEnded = false;
  const end = (error: unknown, errorType?: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    parts.logError(error);
    const report = errorReport(error, errorType);
    void tryReport(api, report, isStarting ? 'init' : current).then(() => {
      process.exit(FAILED);
    });
  };
  process.on('uncaughtException', (error) => {
    end(error);
  });
  process.on('unhandledRejection', (error) => {
    end(error, 'Runtime.UnhandledPromiseRejection');
  });
  process.on('beforeExit', () => {
    end(new Error('nothing is left that the handler could wait for'), 'Runtime.NodeJsExit');
  });
  try {
    const handler = await load();
    isStarting = false;
    for (;;) {
      const invocation = await api.next();
      current = invocation.id;
      parts.onInvocation?.(current);
      await invoke(handler, invocation, parts);
      current = undefined;
      parts.onInvocation?.(current);
    }
  } catch (error) {
    end(error);
  }
}

/** Reports the error that ends the process to where it belongs: the start, an invocation, or nothing. */
async function tryReport(
  api: RuntimeApi,
  report: ErrorReport,
  to: string | undefined,
): Promise<void> {
  try {
    if (to === 'init') await api.failInit(report);
    else if (to !== undefined) await api.fail(to, report);
  } catch {
    // Lambda notices that the process has ended.
  }
}

async function invoke(
  handler: Handler,
  invocation: Invocation,
  { api, process: { env }, logError }: FunctionParts,
): Promise<void> {
  const traceId = traceIdOf(invocation);
  if (traceId === undefined) Reflect.deleteProperty(env, TRACE_ID);
  else env[TRACE_ID] = traceId;
  let json: string;
  try {
    const event: unknown = JSON.parse(invocation.event);
    json = jsonOf(await handler(event, contextOf(invocation, env)));
  } catch (error) {
    logError(error);
    await api.fail(invocation.id, errorReport(error));
    return;
  }
  try {
    await api.respond(invocation.id, json);
  } catch (error) {
    if (!(error instanceof ResponseTooLargeError)) throw error;
    logError(error);
    await api.fail(invocation.id, errorReport(error));
  }
}

/** A result that JSON lacks, such as undefined, becomes null, as it does in an array. */
function jsonOf(result: unknown): string {
  return JSON.stringify([result]).slice(1, -1);
}
