/** Parses a text with one JSON value per line, such as items.ndjson. Empty lines are left out. */
export function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
