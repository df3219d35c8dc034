import { QueryError } from '../runtime/errors.js';
import type { ObjectReader } from './objects.js';
import { parseRecords, type CsvRecord, type ParsedRecords } from './result-csv.js';

/** Position up to which a result was read. */
export interface ResultPosition {
  /** End of the last record read, in bytes. */
  readonly offset: number;
  /** ETag of the result object. Undefined before the first page. */
  readonly eTag?: string | undefined;
  /** Column names from the header. Undefined before the first page. */
  readonly columns?: readonly string[] | undefined;
}

export interface ResultPage {
  readonly columns: readonly string[];
  /** Values in the order of the columns. */
  readonly records: readonly CsvRecord[];
  readonly position: ResultPosition;
  /** Size of the whole result in bytes. */
  readonly size: number;
  readonly last: boolean;
}

export interface ResultSource {
  readonly objects: ObjectReader;
  readonly href: string;
  readonly pageBytes: number;
}

/** Thrown when the result object was removed or replaced while it was being read. Only a new query helps. */
export class ResultGoneError extends QueryError {
  constructor(href: string) {
    super(`query result ${href} was removed or replaced`, { kind: 'transient' });
  }
}

/** Yields the pages of the result from `position` on. The next page is fetched while the current one is processed. */
export async function* readResultPages(
  source: ResultSource,
  position: ResultPosition,
): AsyncGenerator<ResultPage, void> {
  let next: Promise<ResultPage> | undefined = readPage(source, position);
  while (next !== undefined) {
    const page: ResultPage = await next;
    next = page.last ? undefined : readPage(source, page.position);
    // If the caller stops early, this promise is never awaited, so its error must be handled here.
    next?.catch(() => undefined);
    yield page;
  }
}

async function readPage(source: ResultSource, position: ResultPosition): Promise<ResultPage> {
  const { records, endByte, size, eTag } = await readWholeRecords(source, position);
  const header = position.columns === undefined ? records[0] : undefined;
  const columns = position.columns ?? (header ?? []).map((name) => name ?? '');
  const offset = position.offset + endByte;
  return {
    columns,
    records: header === undefined ? records : records.slice(1),
    position: { offset, eTag, columns },
    size,
    last: endByte === 0 || offset >= size,
  };
}

/** Doubles the length until it contains a complete record. */
async function readWholeRecords(
  { objects, href, pageBytes }: ResultSource,
  { offset, eTag }: ResultPosition,
): Promise<ParsedRecords & { readonly size: number; readonly eTag: string }> {
  for (let length = pageBytes; ; length *= 2) {
    const part = await objects.read(href, { offset, length }, eTag);
    if (part === undefined) throw new ResultGoneError(href);
    const atEnd = part.bytes.length < length || offset + part.bytes.length >= part.size;
    const parsed = parseRecords(part.bytes, atEnd);
    if (parsed.endByte > 0 || atEnd) return { ...parsed, size: part.size, eTag: part.eTag };
  }
}
