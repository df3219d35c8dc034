import type { Row } from '../inventory/result-csv.js';

/**
 * Watches which columns `rowToMessageBody` reads, for the rows of one page. A query that selects other columns than the
 * pipeline reads (`SELECT key AS k`) gives rows without an error: each value is undefined, and each row would be skipped.
 */
export class RowReads {
  private readonly missing = new Set<string>();
  private hasRead = false;
  private readonly handler: ProxyHandler<Row>;

  constructor(private readonly columns: readonly string[]) {
    this.handler = {
      get: (row, name, receiver) => {
        if (typeof name === 'string') this.note(row, name);
        return Reflect.get(row, name, receiver) as unknown;
      },
      ownKeys: (row) => {
        this.hasRead = true;
        return Reflect.ownKeys(row);
      },
    };
  }

  /** Returns the row as it is given to `rowToMessageBody`, and forgets what was read of the last one. */
  watch(row: Row): Row {
    this.missing.clear();
    this.hasRead = false;
    return new Proxy(row, this.handler);
  }

  /**
   * Says which columns the pipeline read that the query does not select, if the row cannot be judged without them: if it
   * read no other column, or read `key`, which every inventory has, and made no message. Otherwise returns undefined, since
   * a pipeline may read columns that only some inventories have.
   */
  tryFault({ isMessage }: { readonly isMessage: boolean }): string | undefined {
    if (this.missing.size === 0) return undefined;
    if (this.hasRead && (isMessage || !this.missing.has('key'))) return undefined;
    return `it reads ${quoted([...this.missing])}, but queryInventory selects ${quoted(this.columns)}`;
  }

  private note(row: Row, name: string): void {
    if (Object.hasOwn(row, name)) this.hasRead = true;
    else if (!(name in row)) this.missing.add(name);
  }
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? 'no column' : names.map((name) => `'${name}'`).join(', ');
}
