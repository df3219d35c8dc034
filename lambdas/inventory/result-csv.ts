import { QueryError } from '../runtime/errors.js';

/** Maps column names to values as text. Undefined is null. */
export type Row = Readonly<Record<string, string | undefined>>;

/** Values in the order of the columns. Undefined is null. */
export type CsvRecord = readonly (string | undefined)[];

export interface ParsedRecords {
  readonly records: readonly CsvRecord[];
  /** Offset of the end of the last complete record, in bytes. */
  readonly endByte: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const NEW_LINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

// Small strings are freed by minor garbage collections; a string of a whole page would wait for a major one.
const BLOCK_BYTES = 64 * 1024;

/**
 * Parses the complete records at the start of `bytes` in Athena's format: every value quoted, quotes in it doubled, null
 * as an empty field. If `atEnd` is true, nothing follows `bytes`, so the last record needs no line end.
 * Throws QueryError.
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

/** Adds the complete records to `into` and returns their length in bytes. */
function parseBlock(block: Buffer, atEnd: boolean, into: CsvRecord[]): number {
  const text = block.toString('utf8');
  const scanner = new RecordScanner(text, atEnd);
  for (let record = scanner.next(); record !== undefined; record = scanner.next()) {
    into.push(record);
  }
  const { end } = scanner;
  if (atEnd && end < text.length) {
    throw new QueryError(
      `the query result ends within a quoted value: '${text.slice(end, end + 80)}'`,
      { kind: 'transient' },
    );
  }
  // Equal lengths mean ASCII. Otherwise only complete records are measured, because the block may end within a character.
  return text.length === block.length ? end : Buffer.byteLength(text.slice(0, end));
}

/** Returns a record by column name. If the record is short, the last columns are undefined. */
export function toRow(columns: readonly string[], record: CsvRecord): Row {
  const row: Record<string, string | undefined> = {};
  for (let index = 0; index < columns.length; index += 1) {
    row[columns[index] ?? ''] = record[index];
  }
  return row;
}

/** Scans from quote to quote, because scanning every character takes four times as long. */
class RecordScanner {
  /** Index after the last complete record. */
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

  /** Returns null if the text ends before the value does. */
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

  /** Reads an unquoted value, which tools other than Athena write. */
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
      // The text may end within a line end, or after the first of two quotes.
      if (!this.atEnd) return false;
      this.position = at;
      return true;
    }
    if (this.text.charCodeAt(at) !== NEW_LINE) {
      throw new QueryError(
        `the query result is not in Athena's CSV format near '${this.text.slice(this.end, this.end + 80)}'`,
        { kind: 'permanent' },
      );
    }
    this.position = at + 1;
    return true;
  }
}
