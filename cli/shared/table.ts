export interface Column {
  readonly title: string;
  /** @default left */
  readonly align?: 'left' | 'right';
}

/** The lines of a table. Columns are as wide as their widest cell and separated by two spaces. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const titles = columns.map(({ title }) => title);
  const lines = [titles, ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => line[index]?.length ?? 0)),
  );
  return lines.map((line) =>
    columns
      .map(({ align }, index) => {
        const [cell, width] = [line[index] ?? '', widths[index] ?? 0];
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Replaces line breaks and control characters, since text from outside could send commands to the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
}

/** Truncates a text to `width` characters; a truncated text ends in dots. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

/** An ISO 8601 time without its seconds; '-' if there is none. */
export function shortTime(iso: string | undefined): string {
  return iso === undefined || iso === '' ? '-' : `${iso.slice(0, 16).replace('T', ' ')}Z`;
}

/** A count with its noun: "1 message", "2 messages". */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration in the largest unit that says enough: "90 s", "90 min", "36 h", "7 d". */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} d`;
}
