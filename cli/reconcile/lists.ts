import type { DuckDBConnection } from '@duckdb/node-api';
import { LineFile } from '../../local/files/line-file.js';
import { messageLines } from '../../local/input/message-file.js';
import { unescaped } from './lines.js';
import { IS_SURPLUS, relation } from './relation.js';
import type { Workspace } from './state.js';

const SAMPLES = 5;

/** Writes one line for each Item for which the condition `listed` holds, with the keys and messages of the rows that make it. Returns the first ids. */
export async function writeMissing(
  connection: DuckDBConnection,
  { rows, missing, messages }: Workspace,
  listed: string,
): Promise<string[]> {
  const sql = `SELECT id, key, body FROM ${relation(rows, ['id', 'key', 'body'])}
    SEMI JOIN (SELECT id FROM ids WHERE ${listed}) USING (id) ORDER BY id, key, body`;
  const lines = messageLines(messages, { fresh: true });
  const bodies: string[] = [];
  const flush = (): void => {
    void lines.sendBatch(bodies.splice(0).map((body) => ({ body })));
  };
  const save = (item: MissingItem | undefined, write: WriteLine): void => {
    if (item === undefined) return;
    write(item);
    bodies.push(...item.messages);
    if (bodies.length >= BODIES) flush();
  };
  try {
    return await writeList(missing, async (write) => {
      let item: MissingItem | undefined;
      for await (const [id = '', key = '', body = ''] of streamed(connection, sql)) {
        if (item?.id !== id) {
          save(item, write);
          item = { id, keys: [], messages: [] };
        }
        item.keys.push(key);
        if (item.messages.at(-1) !== body) item.messages.push(body);
      }
      save(item, write);
      flush();
    });
  } finally {
    lines.close();
  }
}

const BODIES = 500;

/** A line of the list of missing Items. */
export interface MissingItem {
  readonly id: string;
  /** The keys of the rows that make the Item. */
  readonly keys: string[];
  /** Bodies of the messages that a backfill sends for these rows. */
  readonly messages: string[];
}

export function writeSurplus(
  connection: DuckDBConnection,
  { surplus }: Workspace,
): Promise<string[]> {
  const sql = `SELECT id FROM ids WHERE ${IS_SURPLUS} ORDER BY id`;
  return writeList(surplus, async (write) => {
    for await (const [id = ''] of streamed(connection, sql)) write({ id });
  });
}

type WriteLine = (line: { readonly id: string }) => void;

/** Writes a file of JSON lines. Returns the ids of the first ones. */
async function writeList(
  path: string,
  fill: (write: WriteLine) => Promise<void>,
): Promise<string[]> {
  const samples: string[] = [];
  const file = new LineFile(path, { fresh: true });
  try {
    await fill((line) => {
      file.append(JSON.stringify(line));
      if (samples.length < SAMPLES) samples.push(line.id);
    });
    file.flush();
  } finally {
    file.close();
  }
  return samples;
}

async function* streamed(
  connection: DuckDBConnection,
  sql: string,
): AsyncGenerator<string[], void> {
  const result = await connection.stream(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const row of chunk.getRows()) yield row.map((value) => unescaped(String(value)));
  }
}
