/** Prints a fault run for people, what it broke, and last the summary as one JSON object; exit code 1 where it broke. */
export function reportFaults(
  text: string,
  { summary, failures }: { readonly summary: object; readonly failures: readonly string[] },
): void {
  const lines = [text, ...failures.map((failure) => `FAILED: ${failure}`), JSON.stringify(summary)];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (failures.length > 0) process.exitCode = 1;
}
