import type { Context } from 'aws-lambda';
import { tryParseJson } from '../runtime/json.js';
import type { Invocation } from './client.js';

/** What Lambda passes to a handler besides the event. The callbacks of old handlers are not there. */
export type InvocationContext = Omit<Context, 'done' | 'fail' | 'succeed'>;

type Variables = Readonly<Record<string, string | undefined>>;

/** Builds the context of an invocation from the headers of the Runtime API and the variables that Lambda sets. */
export function contextOf({ id, headers }: Invocation, env: Variables): InvocationContext {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  const client = parsed(headers['lambda-runtime-client-context']);
  const identity = parsed(headers['lambda-runtime-cognito-identity']);
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'] ?? '',
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'] ?? '',
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? '',
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'] ?? '',
    logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '',
    invokedFunctionArn: String(headers['lambda-runtime-invoked-function-arn'] ?? ''),
    awsRequestId: id,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    ...(client !== undefined && { clientContext: client as NonNullable<Context['clientContext']> }),
    ...(identity !== undefined && { identity: identity as NonNullable<Context['identity']> }),
  };
}

/** Returns the id by which X-Ray follows a request; undefined if it is not traced. */
export function traceIdOf({ headers }: Pick<Invocation, 'headers'>): string | undefined {
  const { 'lambda-runtime-trace-id': id } = headers;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function parsed(header: string | readonly string[] | undefined): unknown {
  return typeof header === 'string' ? tryParseJson(header) : undefined;
}
