import * as z from 'zod/mini';

export const CycleWatchSchema = z.object({
  /** The value that later ones are compared with. */
  mark: z.optional(z.string()),
  /** Values since the mark. */
  steps: z.number(),
  /** After so many values the next one becomes the mark. */
  power: z.number(),
  /** How often a value equalled the mark. */
  hits: z.number(),
});

/** What is known of a sequence of values, in constant space. */
export type CycleWatch = z.infer<typeof CycleWatchSchema>;

export const NO_VALUES: CycleWatch = { steps: 0, power: 1, hits: 0 };

/**
 * Adds a value to a sequence that should never repeat itself. If it does from some place on, `hits` grows after at most
 * three times as many values as were given before: the mark moves on ever more rarely, so a cycle of any length
 * returns to it.
 *
 * @see https://maths-people.anu.edu.au/~brent/pd/rpb051i.pdf
 */
export function watchCycle(watch: CycleWatch, value: string): CycleWatch {
  const hits = watch.hits + (value === watch.mark ? 1 : 0);
  const steps = watch.steps + 1;
  return steps === watch.power
    ? { mark: value, steps: 0, power: watch.power * 2, hits }
    : { ...watch, steps, hits };
}
