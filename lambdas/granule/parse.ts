import type { GranuleMessage } from './message.js';
import { excerpt } from '../runtime/text.js';
import { callPipelineCode } from '../runtime/unexpected.js';

/** Calls parseMessage. Throws the errors that it throws on purpose, and UnexpectedError for others. */
export function parseGranule<G>(
  parseMessage: (message: GranuleMessage) => G | undefined,
  message: GranuleMessage,
): G | undefined {
  return callPipelineCode(
    () => subjectOf(message),
    () => parseMessage(message),
  );
}

function subjectOf(message: GranuleMessage): string {
  if (message.type === 's3-object') return message.href;
  const { body } = message;
  return `the message ${excerpt(typeof body === 'string' ? body : JSON.stringify(body))}`;
}
