/**
 * Yields the lines of a text that arrives in pieces, without their ends: LF, CR LF or CR. Unlike node:readline, which
 * does so since Node 24, it does not end a line at U+2028, which JSON may contain.
 *
 * @example
 * for await (const line of linesOf(process.stdin.setEncoding('utf8'))) console.log(line);
 */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    // A CR at the end may be the first half of CR LF.
    const text = rest + piece;
    const whole = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, whole).split(LINE_END);
    rest = (lines.pop() ?? '') + text.slice(whole);
    yield* lines;
  }
  if (rest !== '') yield* rest.replace(/\r$/, '').split(LINE_END);
}

const LINE_END = /\r\n|\n|\r/;
