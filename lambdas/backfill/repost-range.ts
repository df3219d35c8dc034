import * as z from 'zod/mini';

export const RangeSchema = z.object({
  /** First and last chunk in the order of nextChunk. Undefined for a pipeline without chunks. */
  from: z.optional(z.string()),
  to: z.optional(z.string()),
  /** Number of chunks. */
  count: z.number(),
  /** SQL condition on the columns of the inventory. Undefined selects all rows. */
  where: z.optional(z.string()),
});

/** The part of an inventory that a repost sends. */
export type RepostRange = z.infer<typeof RangeSchema>;
