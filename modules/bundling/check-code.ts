import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineConfig } from '../config/config.js';
import { inventoriesInEnvironments } from '../config/environment/keys.js';
import { ConfigError } from '../config/values/error.js';
import { BundleError } from './bundle.js';
import { FACTORIES, tryEntryOf } from './entries.js';
import type { FileName } from './entries.js';
import { loadEntries } from './loaded-entries.js';
import type { LoadedEntry } from './loaded-entries.js';
import { placesIn } from './places.js';
import { sharedProblems, type PipelineEntries } from './shared-collections.js';

/** A pipeline whose code is checked. */
export interface CheckedPipeline {
  readonly id: string;
  /** Whether config.yaml has an inventory_location. Undefined if it cannot be read, which is a problem of its own. */
  readonly hasInventory: boolean | undefined;
  /** Undefined if config.yaml cannot be read: then it is not compared with other pipelines. */
  readonly ingestorUrl?: string;
}

type CheckedConfig = Pick<PipelineConfig, 'id' | 'inventory_location' | 'ingestor_url'>;

/** The pipelines of configs that could be read. @param root folder of the project */
export function checkedPipelines(
  configs: readonly CheckedConfig[],
  root: string,
): readonly CheckedPipeline[] {
  // historic.ts may be for an inventory that only another environment has.
  const elsewhere = inventoriesInEnvironments(root);
  return configs.map(({ id, inventory_location, ingestor_url: ingestorUrl }) => {
    const hasInventory =
      inventory_location !== undefined || (elsewhere.has(id) ? undefined : false);
    return { id, hasInventory, ingestorUrl };
  });
}

/**
 * Checks what can be known about the code of pipelines before it is bundled: what checkExports checks, that parseMessage
 * skips or refuses messages of other forms instead of failing, and that no two pipelines have the same Collection.
 * Throws like checkExports.
 *
 * @param root absolute path of the project
 * @param others pipelines that are only compared by their Collections
 */
export async function checkCode(
  pipelines: readonly CheckedPipeline[],
  root: string,
  others: readonly CheckedPipeline[] = [],
): Promise<void> {
  await check(pipelines, { root, checks: [exportProblems, messageProblems], others });
}

/**
 * Checks that each file of pipelines exports its handler, that Items and Collection have the same id, and that
 * historic.ts has an inventory. Throws ConfigError with every problem as `path:line:column`, and BundleError if a file
 * cannot be read by the bundler.
 *
 * @param root absolute path of the project
 */
export async function checkExports(
  pipelines: readonly CheckedPipeline[],
  root: string,
): Promise<void> {
  await check(pipelines, { root, checks: [exportProblems], others: [] });
}

interface CodeOf {
  readonly pipeline: CheckedPipeline;
  readonly entries: readonly LoadedEntry[];
  readonly root: string;
}

type Check = (code: CodeOf) => Promise<readonly string[]>;

interface Checks {
  readonly root: string;
  readonly checks: readonly Check[];
  readonly others: readonly CheckedPipeline[];
}

async function check(
  pipelines: readonly CheckedPipeline[],
  { root, checks, others }: Checks,
): Promise<void> {
  const codes = await loadCodes(pipelines, root, filesOf);
  const problems: string[] = [];
  for (const code of codes) for (const one of checks) problems.push(...(await one(code)));
  const before = (await tryCollections(others, root)).map(toEntries);
  problems.push(...(await sharedProblems(codes.map(toEntries), before, root)));
  if (problems.length > 0) throw new ConfigError(problems);
}

function toEntries({ pipeline: { id, ingestorUrl }, entries }: CodeOf): PipelineEntries {
  return { id, ingestorUrl, entries };
}

async function loadCodes(
  pipelines: readonly CheckedPipeline[],
  root: string,
  filesOf: (pipeline: CheckedPipeline, root: string) => readonly string[],
): Promise<readonly CodeOf[]> {
  const files = pipelines.map((pipeline) => filesOf(pipeline, root));
  const loaded = await loadEntries(files.flat(), root);
  const found = new Map(loaded.map((entry) => [entry.entry, entry]));
  return pipelines.map((pipeline, index) => {
    const entries = (files[index] ?? []).flatMap((file) => found.get(file) ?? []);
    return { pipeline, entries, root };
  });
}

/** The faults of the others are not reported here. */
async function tryCollections(
  others: readonly CheckedPipeline[],
  root: string,
): Promise<readonly CodeOf[]> {
  try {
    return await loadCodes(others, root, ({ id }) =>
      [tryEntryOf(root, id, 'collection.ts')].filter((file) => file !== undefined),
    );
  } catch (error) {
    if (error instanceof ConfigError || error instanceof BundleError) return [];
    throw error;
  }
}

/** The place is that of the first call in the pipeline's own code. */
async function messageProblems({ pipeline, entries, root }: CodeOf): Promise<readonly string[]> {
  const app = entries.find(({ bug }) => bug !== undefined);
  if (app?.bug === undefined) return [];
  const { name, message, of, stack } = app.bug;
  const own = new RegExp(`\\b(pipelines/${pipeline.id}/[^\\n]*?:\\d+:\\d+)`).exec(stack)?.[1];
  const place = own ?? (await placesIn(root)).handlerCall(app.entry);
  return [
    `${place} parseMessage throws a ${name} (${message}) for the message ${JSON.stringify(of)}: it must skip messages of ` +
      'other forms (return undefined) or refuse them (throw MessageError)',
  ];
}

/** The entries that are there and would be deployed. A file that is missing is a problem of config.yaml. */
function filesOf(pipeline: CheckedPipeline, root: string): readonly string[] {
  const names: readonly FileName[] =
    pipeline.hasInventory === false
      ? ['app.ts', 'collection.ts']
      : ['app.ts', 'collection.ts', 'historic.ts'];
  return names.flatMap((name) => tryEntryOf(root, pipeline.id, name) ?? []);
}

async function exportProblems({ pipeline, entries, root }: CodeOf): Promise<readonly string[]> {
  const historic = `pipelines/${pipeline.id}/historic.ts`;
  const unused = pipeline.hasInventory === false && existsSync(join(root, historic));
  const without = entries.filter(({ handler }) => handler !== undefined && handler !== 'function');
  const [app, collection] = (['app.ts', 'collection.ts'] as const).map((name) =>
    entries.find(({ entry }) => entry === tryEntryOf(root, pipeline.id, name)),
  );
  const differs = app && collection && isOther(app.collectionId, collection.collectionId);
  if (!unused && without.length === 0 && !differs) return [];
  const places = await placesIn(root);
  return [
    ...without.map((entry) => `${places.handlerCall(entry.entry)} ${noHandler(entry)}`),
    ...(differs
      ? [
          `${places.collectionId(ownFiles(app, pipeline))} collectionId is '${app.collectionId ?? ''}', but the ` +
            `Collection of ${places.idOfCollection(ownFiles(collection, pipeline))} has the id '${collection.collectionId ?? ''}': ` +
            'use one id for both, for example a constant that both import',
        ]
      : []),
    ...(unused
      ? [
          `${places.handlerCall(historic)} historic.ts has nothing to read: add inventory_location and historic_frequency to ` +
            'config.yaml, or remove historic.ts',
        ]
      : []),
  ];
}

function noHandler({ entry, exports = [], handler }: LoadedEntry): string {
  const name = Object.keys(FACTORIES).find((file) => entry.endsWith(`/${file}`)) as FileName;
  const needed = `it needs 'export const handler = ${FACTORIES[name]}'`;
  if (exports.includes('handler')) {
    return `handler is not a function but ${handler === 'undefined' ? 'undefined' : `of type ${handler ?? ''}`}: ${needed}`;
  }
  const given = exports.length === 0 ? 'nothing' : exports.join(', ');
  return `exports no handler (exported: ${given}): ${needed}`;
}

function isOther(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

/** The files of an entry in the folder of its pipeline, the entry first. */
function ownFiles({ inputs }: LoadedEntry, { id }: CheckedPipeline): readonly string[] {
  return inputs.filter((path) => path.startsWith(`pipelines/${id}/`));
}
