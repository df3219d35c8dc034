/**
 * Waits for a result for `limitMs`, although the work itself is not stopped. After that returns what `late` returns, or
 * throws what it throws.
 */
export async function within<T>(limitMs: number, result: Promise<T>, late: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  try {
    const isLate = await Promise.race([result.then(() => false), limit.then(() => true)]);
    return isLate ? late() : await result;
  } finally {
    clearTimeout(timer);
  }
}
