/** Prints one line for a person. It goes to stderr, so that stdout holds JSON only. */
export type Print = (name: string, value: string) => void;

/** A figure that was not measured is null. */
export type Figure = number | null;

/** The figures of one part, ratios first; some have a figure for each side. */
export type Figures = Readonly<Record<string, Figure | Readonly<Record<string, Figure>>>>;

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The median of values; NaN if there are none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** The median, the smallest and the largest of values; undefined if there are none. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Names a spread as three figures: `<name>`, `<name>Min` and `<name>Max`. */
export function spreadFigures(name: string, spread: Spread | undefined): Figures {
  return {
    [name]: figure(spread?.median),
    [`${name}Min`]: figure(spread?.min),
    [`${name}Max`]: figure(spread?.max),
  };
}

/** Rounds a value to four significant digits. Returns null if it was not measured. */
export function figure(value: number | undefined): Figure {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(4));
}

export function spreadText({ median: middle, min, max }: Spread): string {
  return `${middle.toFixed(1)} times (${min.toFixed(1)} to ${max.toFixed(1)})`;
}
