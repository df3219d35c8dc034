/** What authors call a key, by the words that another system or the AWS console uses for it. */
const SYNONYMS: Readonly<Record<string, string>> = {
  topic: 'sns',
  topicarn: 'sns',
  snstopic: 'sns',
  snstopicarn: 'sns',
  inventory: 'inventory_location',
  bucket: 'source',
  filterpolicy: 'sns_filter_policy',
};

/** At most this part of the letters of a misspelled word is wrong. */
const WRONG_LETTERS = 1 / 3;

/** Returns `; did you mean X?` with the candidate that `word` was meant to be; empty if none is near. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const found = tryNearest(word, candidates);
  return found === undefined ? '' : `; did you mean ${found}?`;
}

/**
 * Returns the candidate that `word` means: a synonym, the nearest by letters, or the shortest that contains all words
 * of `word`. Undefined if none is near.
 */
export function tryNearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.includes(word)) return word;
  const synonym = SYNONYMS[lettersOf(word)];
  if (synonym !== undefined && candidates.includes(synonym)) return synonym;
  return nearestByLetters(word, candidates) ?? nearestByWords(word, candidates);
}

function nearestByLetters(word: string, candidates: readonly string[]): string | undefined {
  const letters = lettersOf(word);
  const most = Math.floor(letters.length * WRONG_LETTERS);
  const distances = candidates.map((candidate) => editDistance(letters, lettersOf(candidate)));
  const least = Math.min(...distances);
  return least <= most ? candidates[distances.indexOf(least)] : undefined;
}

function nearestByWords(word: string, candidates: readonly string[]): string | undefined {
  const words = wordsOf(word);
  return candidates
    .filter(
      (candidate) => words.length > 0 && words.every((one) => wordsOf(candidate).includes(one)),
    )
    .toSorted((one, other) => one.length - other.length)[0];
}

/** The words of `timeout_seconds`, `timeout-seconds` and `timeoutSeconds`. */
function wordsOf(text: string): string[] {
  const spaced = text.replace(/([a-z])(?=[A-Z])/g, '$1 ').toLowerCase();
  return spaced.split(/[^a-z0-9]+/).filter(Boolean);
}

function lettersOf(text: string): string {
  return wordsOf(text).join('');
}

/** The Levenshtein distance: the number of insertions, deletions and substitutions. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substitution = at(previous, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, at(previous, column) + 1, at(current, column - 1) + 1));
    }
    previous = current;
  }
  return at(previous, to.length);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Infinity;
}
