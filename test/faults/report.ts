/** Prints a fault run as text, then its problems, and the summary as one JSON object on the last line. Sets exit code 1 if there are problems. */
export function reportFaults(
  text: string,
  { summary, failures }: { readonly summary: object; readonly failures: readonly string[] },
): void {
  const lines = [text, ...failures.map((failure) => `FAILED: ${failure}`), JSON.stringify(summary)];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (failures.length > 0) process.exitCode = 1;
}
