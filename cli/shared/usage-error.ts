/** Thrown when a command was called in a way it does not know; the message is one sentence, the exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
