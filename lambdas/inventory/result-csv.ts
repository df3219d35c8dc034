import { QueryError } from '../runtime/errors.js';

/** Column name to value as text; undefined is null. */
export type Row = Readonly<Record<string, string | undefined>>;

/** Values in the order of the columns; undefined is null. */
export type CsvRecord = readonly (string | undefined)[];

export interface ParsedRecords {
  readonly records: readonly CsvRecord[];
  /** Behind the last whole record, in bytes from the start of what was given. */
  readonly endByte: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const NEW_LINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

// V8 copies small strings away with the young objects; a string of a whole page waits for a full collection.
const BLOCK_BYTES = 64 * 1024;

/**
 * Whole records at the start of `bytes`, which begin with one. Athena's form: every value in quotes, a quote in it
 * doubled, null as nothing at all. `atEnd`: nothing follows `bytes`, so the last record needs no new line.
 */
export function parseRecords(bytes: Buffer, atEnd: boolean): ParsedRecords {
  const records: CsvRecord[] = [];
  let endByte = 0;
  for (let length = BLOCK_BYTES; endByte < bytes.length;) {
    const block = bytes.subarray(endByte, endByte + length);
    const last = endByte + block.length === bytes.length;
    const parsed = parseBlock(block, atEnd && last, records);
    endByte += parsed;
    if (parsed === 0 && last) break;
    // A record may be longer than a block.
    length = parsed === 0 ? length * 2 : BLOCK_BYTES;
  }
  return { records, endByte };
}

/** Adds the whole records to `into`; gives the bytes that they take. */
function parseBlock(block: Buffer, atEnd: boolean, into: CsvRecord[]): number {
  const text = block.toString('utf8');
  const scanner = new RecordScanner(text, atEnd);
  for (let record = scanner.next(); record !== undefined; record = scanner.next()) {
    into.push(record);
  }
  const { end } = scanner;
  if (atEnd && end < text.length) {
    throw new QueryError(
      `query result ends within a quoted value: '${text.slice(end, end + 80)}'`,
      { kind: 'transient' },
    );
  }
  // Equal lengths mean ASCII. Otherwise only the whole records count: the end may be half a character.
  return text.length === block.length ? end : Buffer.byteLength(text.slice(0, end));
}

/** A record under its column names; a short record leaves its last columns undefined. */
export function toRow(columns: readonly string[], record: CsvRecord): Row {
  const row: Record<string, string | undefined> = {};
  for (let index = 0; index < columns.length; index += 1) {
    row[columns[index] ?? ''] = record[index];
  }
  return row;
}

/** Jumps from quote to quote, since looking at each character costs four times as much. */
class RecordScanner {
  /** Behind the last whole record. */
  end = 0;
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly atEnd: boolean,
  ) {}

  next(): CsvRecord | undefined {
    if (this.position >= this.text.length) return undefined;
    const record: (string | undefined)[] = [];
    for (let column = 0; ; column += 1) {
      const value = this.value();
      if (value === null) return undefined;
      record[column] = value;
      const code = this.text.charCodeAt(this.position);
      if (code === COMMA) {
        this.position += 1;
        continue;
      }
      if (!this.skipLineEnd(code)) return undefined;
      this.end = this.position;
      return record;
    }
  }

  /** Null where the text ends before the value does. */
  private value(): string | undefined | null {
    const code = this.text.charCodeAt(this.position);
    if (code === QUOTE) return this.quoted();
    if (code === COMMA || code === NEW_LINE) return undefined;
    return this.bare();
  }

  private quoted(): string | null {
    const { text } = this;
    const start = this.position + 1;
    let doubled = false;
    let close = text.indexOf('"', start);
    while (close !== -1 && text.charCodeAt(close + 1) === QUOTE) {
      doubled = true;
      close = text.indexOf('"', close + 2);
    }
    if (close === -1) return null;
    this.position = close + 1;
    const value = text.slice(start, close);
    return doubled ? value.replaceAll('""', '"') : value;
  }

  /** Athena writes none of these; other tools do. */
  private bare(): string | undefined {
    const start = this.position;
    while (this.position < this.text.length) {
      const code = this.text.charCodeAt(this.position);
      if (code === COMMA || code === NEW_LINE || code === CARRIAGE_RETURN) break;
      this.position += 1;
    }
    return this.text.slice(start, this.position) || undefined;
  }

  private skipLineEnd(code: number): boolean {
    let at = this.position;
    if (code === CARRIAGE_RETURN) at += 1;
    if (at >= this.text.length) {
      // Half a line end, or a quote that may be the first of two.
      if (!this.atEnd) return false;
      this.position = at;
      return true;
    }
    if (this.text.charCodeAt(at) !== NEW_LINE) {
      throw new QueryError(
        `query result is not CSV as Athena writes it near '${this.text.slice(this.end, this.end + 80)}'`,
        { kind: 'permanent' },
      );
    }
    this.position = at + 1;
    return true;
  }
}
