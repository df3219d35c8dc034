/** Values of each factor, by its name. */
export type Factors = Readonly<Record<string, readonly string[]>>;
export type Combination = Readonly<Record<string, string>>;

/**
 * Returns few combinations in which every two values of different factors occur together, as far as `isPossible` allows.
 * The result is the same on every call.
 */
export function pairwise(
  factors: Factors,
  isPossible: (combination: Combination) => boolean,
): readonly Combination[] {
  const all = product(Object.entries(factors)).filter(isPossible);
  const open = new Set(all.flatMap(pairsOf));
  const chosen: Combination[] = [];
  while (open.size > 0) {
    let best: { readonly combination: Combination; readonly count: number } | undefined;
    for (const combination of all) {
      const count = pairsOf(combination).filter((pair) => open.has(pair)).length;
      if (count > (best?.count ?? 0)) best = { combination, count };
    }
    if (best === undefined) throw new Error('a pair of no combination is open');
    chosen.push(best.combination);
    for (const pair of pairsOf(best.combination)) open.delete(pair);
  }
  return chosen;
}

function product([first, ...rest]: readonly (readonly [
  string,
  readonly string[],
])[]): Combination[] {
  if (first === undefined) return [{}];
  const [name, values] = first;
  const others = product(rest);
  return values.flatMap((value) => others.map((other) => ({ [name]: value, ...other })));
}

/** The pairs of values in a combination, as texts. */
export function pairsOf(combination: Combination): readonly string[] {
  const values = Object.entries(combination).map(([name, value]) => `${name}=${value}`);
  return values.flatMap((one, index) => values.slice(index + 1).map((other) => `${one} ${other}`));
}
