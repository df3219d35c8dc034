import { sql } from './database.js';
import { system, waitFor } from './running.js';

export type Json = Readonly<Record<string, unknown>>;

/** Returns the JSON of the catalogue's API, undefined for 404. */
export async function tryFind(path: string): Promise<Json | undefined> {
  const answer = await fetch(`${system.stacUrl}${path}`);
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`GET ${path} returned ${answer.status}`);
  return (await answer.json()) as Json;
}

export async function waitForItem(collection: string, id: string, seconds = 60): Promise<Json> {
  const path = `/collections/${collection}/items/${id}`;
  const found = await waitFor(
    () => tryFind(path),
    (item) => item !== undefined,
    seconds,
  );
  return found ?? {};
}

/** Counts in the database how many of these Items the catalogue holds. */
export async function countItems(ids: readonly string[]): Promise<number> {
  const list = ids.map((id) => `'${id}'`).join(', ');
  return Number(
    await sql(`select count(*) from pgstac.items where id in (${list})`, system.database),
  );
}

export async function waitForItems(ids: readonly string[], seconds = 120): Promise<void> {
  await waitFor(
    () => countItems(ids),
    (count) => count === ids.length,
    seconds,
  );
}

/**
 * An Item without what the catalogue changes: it adds links of its own, and its API leaves nulls out
 * (`response_model_exclude_none` in stac_fastapi/api/app.py).
 */
export function asCatalogued(item: Json): Json {
  const links = (item['links'] as { rel: string; href: string }[]).filter(
    ({ rel }) => !['collection', 'parent', 'root', 'self'].includes(rel),
  );
  const text = JSON.stringify({ ...item, links }, (_key, value: unknown) => value ?? undefined);
  return JSON.parse(text) as Json;
}
