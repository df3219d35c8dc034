import * as z from 'zod/mini';

/** The lines that worker.py writes; it documents their form. */

const ErrorSchema = z.object({
  name: z.string(),
  message: z.string(),
  /** `file.py:12`; empty if it is unknown. */
  at: z.string(),
  permanent: z.boolean(),
  trace: z.string(),
});

/** An exception of the Python function. */
export type PythonException = z.infer<typeof ErrorSchema>;

export const ReadySchema = z.discriminatedUnion('ready', [
  z.object({ ready: z.literal(true), python: z.string(), import_ms: z.number() }),
  z.object({ ready: z.literal(false), error: ErrorSchema }),
]);

/** What the worker says after it has imported the function, or has failed to. */
export type Ready = z.infer<typeof ReadySchema>;

export const AnswerSchema = z.object({
  id: z.number(),
  /** The memory of the worker after the granule, in MiB. */
  rss_mb: z.number(),
  items: z.optional(z.array(z.unknown())),
  error: z.optional(ErrorSchema),
});

export type Answer = z.infer<typeof AnswerSchema>;

/** A granule for the Python function. */
export interface PythonRequest {
  /** The first argument of the function: a path on disk, or an href. */
  readonly href: string;
  /** Further arguments, by name. */
  readonly arguments?: Readonly<Record<string, unknown>>;
}
