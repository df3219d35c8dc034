import { excerpt } from '../runtime/text.js';
import type { GranuleMessage } from './message.js';

/** What a message is about, for logs and lists: the href of its object, or the beginning of its JSON. */
export function subjectOf(message: GranuleMessage): string {
  return message.type === 's3-object' ? message.href : excerpt(JSON.stringify(message.body));
}
