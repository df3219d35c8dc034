import type { BackfillTarget } from './target.js';

export interface ActionOptions {
  /** The chunk of restart and dry-run. */
  readonly chunk?: string;
  /** Whether describe counts the rows. */
  readonly countRows?: true;
  /** Whether to discard progress without asking. */
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
