/** Whether a character would need an escape, or is one half of a pair, which UTF-8 cannot encode alone. */
const NEEDS_ESCAPE = /["\\\p{Cc}\p{Cs}]/u;

/** Returns a text without tabs, line ends and quotes, as between the quotes of JSON, so that lines can hold any id. */
export function escaped(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text).slice(1, -1) : text;
}

/** Returns the text that `escaped` was given. */
export function unescaped(field: string): string {
  return field.includes('\\') ? (JSON.parse(`"${field}"`) as string) : field;
}
