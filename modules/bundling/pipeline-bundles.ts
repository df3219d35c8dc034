import { bundleEntries } from './bundle.js';
import type { Bundle, BundleOptions } from './bundle.js';
import type { FunctionRole } from '../config/names.js';
import type { PipelineConfig } from '../config/config.js';

/** The bundles of one pipeline, by function. */
export type PipelineBundles = ByRole<Bundle>;

/** Always has app and collection; has historic with an inventory, and verify with verify_ingestion. */
type ByRole<T> = Readonly<Record<'app' | 'collection', T>> &
  Readonly<Partial<Record<FunctionRole, T>>>;

type Bundled = Pick<PipelineConfig, 'id' | 'inventory_location' | 'verify_ingestion'>;

/** Bundles all functions of all pipelines at once, because they share most of their files. Throws BundleError. */
export async function bundlePipelines(
  pipelines: readonly Bundled[],
  options: BundleOptions,
): Promise<ReadonlyMap<string, PipelineBundles>> {
  const entries = pipelines.map((pipeline) => [pipeline.id, entriesOf(pipeline)] as const);
  const all = new Set(entries.flatMap(([, byRole]) => Object.values(byRole)));
  const bundles = await bundleEntries([...all], options);
  const find = (entry: string): Bundle => {
    const bundle = bundles.get(entry);
    if (!bundle) throw new Error(`no bundle for ${entry}`);
    return bundle;
  };
  return new Map(entries.map(([id, byRole]) => [id, mapRoles(byRole, find)]));
}

/** Maps the value of every role that is present. */
export function mapRoles<From, To>(
  { app, collection, historic, verify }: ByRole<From>,
  change: (from: From) => To,
): ByRole<To> {
  return {
    app: change(app),
    collection: change(collection),
    ...(historic !== undefined && { historic: change(historic) }),
    ...(verify !== undefined && { verify: change(verify) }),
  };
}

function entriesOf({ id, inventory_location, verify_ingestion }: Bundled): ByRole<string> {
  return {
    app: `pipelines/${id}/app.ts`,
    collection: `pipelines/${id}/collection.ts`,
    ...(inventory_location !== undefined && { historic: `pipelines/${id}/historic.ts` }),
    // The same code for every pipeline.
    ...(verify_ingestion && { verify: 'lambdas/verify.ts' }),
  };
}
