const EXCERPT_CHARACTERS = 200;

/** The start of a text as it may stand in an error or a log line. */
export function excerpt(text: string, characters = EXCERPT_CHARACTERS): string {
  return text.length <= characters
    ? text
    : `${text.slice(0, characters)}... (${text.length} characters)`;
}
