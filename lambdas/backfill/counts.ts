import * as z from 'zod/mini';

export const CountsSchema = z.object({
  /** Rows read from the query's result. */
  rows: z.number(),
  /** Messages that the queue accepted. */
  sent: z.number(),
  /** Rows for which `rowToMessageBody` returned undefined. */
  skipped: z.number(),
  /** Rows without a message although they were not skipped: `rowToMessageBody` threw, or no queue accepts the message. */
  refused: z.number(),
  /** Rows of archived objects, which were left out. Undefined if the inventory does not say which objects are archived. */
  archived: z.optional(z.number()),
});

/** What became of the rows of a chunk, or of several. */
export type Counts = z.infer<typeof CountsSchema>;

export const NO_COUNTS: Counts = { rows: 0, sent: 0, skipped: 0, refused: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  const archived = a.archived === undefined ? b.archived : a.archived + (b.archived ?? 0);
  return {
    rows: a.rows + b.rows,
    sent: a.sent + b.sent,
    skipped: a.skipped + b.skipped,
    refused: a.refused + b.refused,
    ...(archived !== undefined && { archived }),
  };
}
