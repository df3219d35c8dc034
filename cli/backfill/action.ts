import type { BackfillTarget } from './target.js';

export interface ActionOptions {
  /** The chunk of restart and dry-run. */
  readonly chunk?: string;
  /** Number of chunks of start and restart; Infinity for all. @default 1 */
  readonly chunks?: number | undefined;
  /** First and last chunk of repost, in either order. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** SQL condition of repost and dry-run. */
  readonly where?: string | undefined;
  /** Whether pause and resume are about the repost. */
  readonly repost?: true | undefined;
  /** Whether describe counts the rows. */
  readonly countRows?: true;
  /** Whether to go on without asking. */
  readonly yes?: true;
  readonly ask?: (question: string) => Promise<boolean>;
  readonly isStopped: () => boolean;
  /** Prints a line immediately. */
  readonly say: (line: string) => void;
}

export interface ActionResult {
  readonly lines: readonly string[];
  /** The output of --json. */
  readonly json: object;
  readonly exitCode: 0 | 1;
}

/** What `npm run backfill -- <pipeline> <action>` does. Throws PipelineError and UsageError. */
export type Action = (target: BackfillTarget, options: ActionOptions) => Promise<ActionResult>;
