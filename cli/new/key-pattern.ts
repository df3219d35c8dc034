import { FieldError } from '../../modules/config/values/error.js';
import type { DayPart, DayToken } from './day-part.js';
import type { GridPart, GridToken } from './grid-part.js';
import { escaped, gap, varies, type PatternToken } from './key-gap.js';

export type { PatternToken } from './key-gap.js';

/** An example key and its parts that differ from granule to granule. */
export interface KeyParts {
  readonly key: string;
  readonly id: string;
  readonly day?: DayPart | undefined;
  readonly grid?: GridPart | undefined;
}

type Marked = DayToken | GridToken;

interface Span {
  readonly from: number;
  readonly to: number;
  readonly tokens: readonly Marked[];
}

/**
 * Derives the pattern of a dataset's keys from one of them. Its groups are the id and the numbers of the day and the
 * tile; segments with many digits differ, all other text is fixed. Throws FieldError if the parts overlap.
 */
export function patternOf(parts: KeyParts): readonly PatternToken[] {
  const candidates = ['[^/]*?', undefined].map((lazy) => tokensOf(parts, lazy));
  const found = candidates.find((tokens) => fits(tokens, parts));
  if (found !== undefined) return found;
  throw new FieldError(
    'no regular expression follows from these parts of the key: give your own (--pattern)',
  );
}

/** Returns the text of the regular expression, from the start of a key to its end. */
export function regexText(tokens: readonly PatternToken[]): string {
  return `^${tokens.map(({ regex }) => regex).join('')}$`;
}

function tokensOf(parts: KeyParts, lazy: string | undefined): readonly PatternToken[] {
  const { key, id } = parts;
  const at = key.indexOf(id);
  const end = at + id.length;
  const spans = spansOf(parts, { at, end });
  const inside = spans.filter(({ from, to }) => from >= at && to <= end);
  const outside = spans.filter((span) => !inside.includes(span));
  const idSpans = occurrences(key, id).map((from) => ({ from, to: from + id.length, tokens: [] }));
  const top = [...outside, ...idSpans].sort((one, other) => one.from - other.from);
  const found: PatternToken[] = [];
  let done = 0;
  for (const span of top) {
    const gapTo = { from: done, to: span.from, isAfterId: done >= end };
    found.push(...gap(key, { ...gapTo, isVaried: found.some(varies) }));
    if (span.from === at) found.push(...idTokens(key, { at, end, inside, lazy }));
    else if (span.tokens.length === 0) found.push({ regex: '\\k<id>' });
    else found.push(...span.tokens.map(markedToken));
    done = span.to;
  }
  return [...found, ...gap(key, { from: done, to: key.length, isAfterId: true, isVaried: true })];
}

function spansOf({ key, day, grid, id }: KeyParts, place: { at: number; end: number }): Span[] {
  const ids = occurrences(key, id).map((from) => ({ from, to: from + id.length }));
  const spans: Span[] = [];
  for (const [name, part] of [
    ['day', day],
    ['tile', grid],
  ] as const) {
    if (part === undefined) continue;
    const starts = occurrences(key, part.text);
    const found = starts
      .map((from) => ({ from, to: from + part.text.length, tokens: part.tokens }))
      .find((span) => {
        const isInId = span.from >= place.at && span.to <= place.end;
        return !overlaps(span, spans) && (isInId || !overlaps(span, ids));
      });
    if (found === undefined) {
      throw new FieldError(
        `the part ${JSON.stringify(part.text)}, which is the ${name}, overlaps another part of the key: name parts that lie beside or within the id`,
      );
    }
    spans.push(found);
  }
  return spans.sort((one, other) => one.from - other.from);
}

function overlaps(span: Pick<Span, 'from' | 'to'>, others: readonly Pick<Span, 'from' | 'to'>[]) {
  return others.some(({ from, to }) => span.from < to && from < span.to);
}

function occurrences(key: string, part: string): number[] {
  const starts: number[] = [];
  for (let at = key.indexOf(part); at >= 0; at = key.indexOf(part, at + part.length))
    starts.push(at);
  return starts;
}

interface IdPlace {
  readonly at: number;
  readonly end: number;
  readonly inside: readonly Span[];
  /** What stands for text before a number; undefined for its structure. */
  readonly lazy: string | undefined;
}

function idTokens(key: string, { at, end, inside, lazy }: IdPlace): readonly PatternToken[] {
  if (inside.length === 0) return [{ regex: '(?<id>[^/]+)' }];
  const found: PatternToken[] = [{ regex: '(?<id>', fixed: '' }];
  let done = at;
  for (const { from, to, tokens } of inside) {
    const text = key.slice(done, from);
    if (text !== '') found.push({ regex: lazy ?? structureOf(text) });
    found.push(...tokens.map(markedToken));
    done = to;
  }
  if (done < end) found.push({ regex: '[^/]*' });
  return [...found, { regex: ')', fixed: '' }];
}

/** S1A_IW_ becomes [^/_]+_[^/_]+_ */
function structureOf(text: string): string {
  return text.replace(/([^\W_]+)|([^A-Za-z0-9]+)/g, (_, word: string | undefined, other: string) =>
    word === undefined ? escaped(other) : '[^\\W_]+',
  );
}

function markedToken(token: Marked): PatternToken {
  if (!('group' in token)) return { regex: escaped(token.text), fixed: token.text };
  return { regex: `(?<${token.group}>${token.regex})`, group: token.group };
}

/** Whether the pattern finds in the example what was named. */
function fits(tokens: readonly PatternToken[], { key, id, day, grid }: KeyParts): boolean {
  const groups = new RegExp(regexText(tokens)).exec(key)?.groups;
  const marked: readonly Marked[] = [...(day?.tokens ?? []), ...(grid?.tokens ?? [])];
  return (
    groups?.['id'] === id &&
    marked.every((token) => !('group' in token) || groups[token.group] === token.text)
  );
}
