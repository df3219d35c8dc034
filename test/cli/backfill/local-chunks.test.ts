import { describe, expect, test } from '@jest/globals';
import { sendChunks } from '../../../cli/backfill/local-chunks.js';
import type { BackfillOutcome } from '../../../lambdas/backfill/run.js';

const DONE: BackfillOutcome = { outcome: 'chunk-done', message: 'chunk 1 is done' };
const LAST: BackfillOutcome = { outcome: 'complete', message: 'the backfill is complete' };
const EARLY = 'stopped early; start continues from there';

interface Stop {
  readonly chunks: number;
  /** Number of outcomes before the run is stopped. */
  readonly after: number;
}

/** Sends chunks with a handler that returns these outcomes, one for each invocation. */
async function sent(outcomes: readonly BackfillOutcome[], { chunks, after }: Stop) {
  let count = 0;
  const invoke = (): Promise<BackfillOutcome> =>
    Promise.resolve(outcomes[count++] ?? { outcome: 'idle', message: 'one outcome too many' });
  const historic = { with: () => invoke };
  const run: object = { historic, chunks, isStopped: () => count >= after };
  return sendChunks(run as Parameters<typeof sendChunks>[0]);
}

describe('sendChunks', () => {
  test('[N21] says that a run was stopped between two chunks, and that start continues it', async () => {
    expect(await sent([DONE, DONE, LAST], { chunks: Infinity, after: 2 })).toEqual({
      outcome: 'chunk-done',
      message: `chunk 1 is done; ${EARLY}`,
      refused: 0,
    });
  });

  test.each(['started', 'continued', 'handed-over'] as const)(
    '[N21] says that a run was stopped within a chunk whose outcome is "%s"',
    async (outcome) => {
      const within = { outcome, message: 'the chunk goes on in another invocation' };

      const { message } = await sent([DONE, within], { chunks: 3, after: 2 });

      expect(message).toBe(EARLY);
    },
  );

  test.each([
    ['the number of chunks that was asked for', { last: DONE, chunks: 2 }],
    ['the last chunk', { last: LAST, chunks: Infinity }],
  ])('does not say so if it was stopped after %s', async (_, { last, chunks }) => {
    expect(await sent([DONE, last], { chunks, after: 2 })).toMatchObject(last);
  });
});
