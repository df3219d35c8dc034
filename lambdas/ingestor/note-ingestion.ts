import type { SQSRecord } from 'aws-lambda';
import { failureOf } from '../runtime/errors.js';
import { TRIES_ATTRIBUTE, type PostedIngestion } from './pending.js';
import type { Log } from '../runtime/log.js';
import type { Item } from '../stac/stac.js';

export type RecordIngestion = (posted: PostedIngestion) => Promise<void>;

interface PostedItem {
  readonly item: Item;
  /** The message that the Item was made of. */
  readonly record: SQSRecord;
  readonly correlationId: string;
}

interface NoteContext {
  readonly recordIngestion?: RecordIngestion | undefined;
  readonly log: Log;
}

/** Has a posted Item verified later. Never rejects: the Item is posted all the same, only not verified. */
export async function noteIngestion(
  { item, record, correlationId }: PostedItem,
  { recordIngestion, log }: NoteContext,
): Promise<void> {
  if (recordIngestion === undefined) return;
  const { body, messageId, attributes, messageAttributes } = record;
  try {
    await recordIngestion({
      itemId: item.id,
      body,
      correlationId,
      messageId,
      sentTimestamp: attributes.SentTimestamp,
      tries: Number(messageAttributes[TRIES_ATTRIBUTE]?.stringValue) || 0,
    });
  } catch (error) {
    const { message } = failureOf(error);
    log.warn('a posted Item could not be noted and will not be verified', {
      itemId: item.id,
      error: message,
    });
  }
}
