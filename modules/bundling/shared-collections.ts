import { tryEntryOf } from './entries.js';
import { loadEntries, type LoadedEntry } from './loaded-entries.js';
import { placesIn, type Places } from './places.js';

/** A pipeline with what is known about its code. */
export interface PipelineEntries {
  readonly id: string;
  /** URL of the ingestor that its Items are posted to; undefined if config.yaml cannot be read. */
  readonly ingestorUrl: string | undefined;
  readonly entries: readonly LoadedEntry[];
}

/** Returns the ids of the Collections that the code of pipelines creates without AWS, by pipeline. Throws BundleError. */
export async function collectionIds(
  pipelines: readonly string[],
  root: string,
): Promise<ReadonlyMap<string, string>> {
  const files = pipelines.flatMap((id) => {
    const file = tryEntryOf(root, id, 'collection.ts');
    return file === undefined ? [] : [{ id, file }];
  });
  const loaded = await loadEntries(
    files.map(({ file }) => file),
    root,
  );
  return new Map(
    loaded.flatMap(({ collectionId }, index) => {
      const id = files[index]?.id;
      return id === undefined || collectionId === undefined ? [] : [[id, collectionId] as const];
    }),
  );
}

interface Owner {
  readonly pipeline: string;
  readonly collectionId: string;
  readonly ingestorUrl: string;
  readonly entry: LoadedEntry;
}

/**
 * Returns a problem, with its place, for each pipeline that posts the same Collection to the same ingestor as one before
 * it. The same Collection at two ingestors is in order: they fill two catalogues.
 *
 * @param others pipelines before these, about which no problem is wanted
 * @param root the folder of the project
 */
export async function sharedProblems(
  pipelines: readonly PipelineEntries[],
  others: readonly PipelineEntries[],
  root: string,
): Promise<readonly string[]> {
  const ownersOf = (list: typeof pipelines) => list.flatMap((one) => ownerOf(one, root) ?? []);
  const owners = ownersOf(pipelines);
  const all = [...ownersOf(others), ...owners];
  const shared = owners.flatMap((owner) => {
    const other = all.find((one) => isShared(owner, one));
    return other === undefined || other === owner ? [] : [{ owner, other }];
  });
  if (shared.length === 0) return [];
  const places = await placesIn(root);
  return shared.map(({ owner, other }) => problemOf(owner, other, places));
}

function isShared(one: Owner, other: Owner): boolean {
  return one.collectionId === other.collectionId && one.ingestorUrl === other.ingestorUrl;
}

/** That Items and Collection have one id is checked elsewhere. */
function ownerOf({ id, ingestorUrl, entries }: PipelineEntries, root: string): Owner | undefined {
  if (ingestorUrl === undefined) return undefined;
  const [entry] = (['collection.ts', 'app.ts'] as const).flatMap((name) => {
    const path = tryEntryOf(root, id, name);
    return entries.filter((one) => one.entry === path && one.collectionId !== undefined);
  });
  if (entry?.collectionId === undefined) return undefined;
  return { pipeline: id, collectionId: entry.collectionId, ingestorUrl, entry };
}

function problemOf(owner: Owner, other: Owner, places: Places): string {
  return (
    `${placeOf(owner, places)} the id '${owner.collectionId}' is also that of the Collection in ` +
    `${placeOf(other, places)}: pipelines/${owner.pipeline} and pipelines/${other.pipeline} would replace each other's ` +
    `Collection and Items at ${owner.ingestorUrl}. Give each Collection an id of its own, or one of the pipelines another ingestor_url`
  );
}

function placeOf({ pipeline, entry: { entry, inputs } }: Owner, places: Places): string {
  const own = inputs.filter((path) => path.startsWith(`pipelines/${pipeline}/`));
  if (own.length === 0) return `pipelines/${pipeline}/collection.json:1:1`;
  return entry.endsWith('/app.ts') ? places.collectionId(own) : places.idOfCollection(own);
}
