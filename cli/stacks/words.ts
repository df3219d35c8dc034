import { basename } from 'node:path';

/** Returns the words before the first option: the word after an option may be its value. */
export function leadingNames(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word === '' || word.startsWith('-'));
  return end === -1 ? words : words.slice(0, end);
}

/** The stacks to pass on to cdktf: none for list and synth, which always process all. A stack is named after its pipeline's folder. */
export function namesFor(verb: string, stacks: readonly string[]): readonly string[] {
  return verb === 'list' || verb === 'synth' ? [] : stacks.map((name) => basename(name));
}
