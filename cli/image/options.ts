import { UsageError } from '../shared/command.js';

const VARIABLE = 'IMAGE_BUILD_OPTIONS';

/** One word: characters, and parts in quotes. */
const WORD = /(?:[^\s'"]|'[^']*'|"[^"]*")+/gy;

/**
 * Returns the words of IMAGE_BUILD_OPTIONS: options of the builder, as a shell reads them. Quotes keep spaces. Throws
 * UsageError.
 */
export function buildOptions(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { [VARIABLE]: text = '' } = env;
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    WORD.lastIndex = 0;
    const [word] = WORD.exec(rest) ?? [];
    if (word === undefined) throw new UsageError(`${VARIABLE} has a quote without its end`);
    words.push(word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}
