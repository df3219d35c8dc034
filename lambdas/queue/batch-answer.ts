import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';

/** An entry that the queue did not take. */
export type FailedEntry = Partial<BatchResultErrorEntry>;

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined;
  readonly Failed?: readonly FailedEntry[] | undefined;
}

/**
 * The entries of a SendMessageBatch that its answer does not call taken, in their order. One that the answer leaves out
 * has failed as well: whoever counted it as sent would never send it again.
 */
export function failedEntries(
  entries: readonly { readonly Id: string }[],
  { Successful = [], Failed = [] }: BatchAnswer,
): FailedEntry[] {
  const taken = new Set(Successful.map(({ Id }) => Id));
  const failed = new Map(Failed.map((entry) => [entry.Id, entry]));
  return entries.flatMap(({ Id }) => failed.get(Id) ?? (taken.has(Id) ? [] : leftOut(Id)));
}

function leftOut(Id: string): FailedEntry {
  return { Id, SenderFault: false, Code: 'NoAnswer', Message: "the queue's answer leaves it out" };
}
