import type { Message } from '@aws-sdk/client-sqs';
import { tryParseJson } from '../../lambdas/runtime/json.js';

export interface EventFailure {
  readonly reason: string | undefined;
  readonly error: string | undefined;
}

/**
 * Returns why an event failed: EventBridge Scheduler says it in attributes of the message, Lambda in its body.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function eventFailure({ Body = '', MessageAttributes = {} }: Message): EventFailure {
  const { ERROR_MESSAGE: text, ERROR_CODE: code } = MessageAttributes;
  if (text !== undefined) return { reason: text.StringValue, error: code?.StringValue };
  const { requestContext, responsePayload } = (tryParseJson(Body) ?? {}) as FailedInvocation;
  return {
    reason: responsePayload?.errorMessage ?? requestContext?.condition,
    error: responsePayload?.errorType,
  };
}

interface FailedInvocation {
  readonly requestContext?: { readonly condition?: string };
  readonly responsePayload?: { readonly errorMessage?: string; readonly errorType?: string };
}
