import { bundleEntries } from './bundle.js';
import type { Bundle, BundleOptions } from './bundle.js';
import { entryOf } from './entries.js';
import type { FunctionRole } from '../config/names.js';
import type { PipelineConfig } from '../config/config.js';

/** The entry of the program that runs a handler in a container. */
const BOOTSTRAP_ENTRY = 'lambdas/bootstrap.ts';

/** The bundles of one pipeline, by function. */
export type PipelineBundles = ByRole<Bundle>;

/**
 * Always has app and collection; has historic with an inventory, verify with verify_ingestion, breaker with
 * circuit_breaker, and with python_function the bootstrap that runs the app in its image.
 */
type ByRole<T> = Readonly<Record<'app' | 'collection', T>> &
  Readonly<Partial<Record<FunctionRole | 'bootstrap', T>>>;

type Bundled = Pick<
  PipelineConfig,
  'id' | 'inventory_location' | 'verify_ingestion' | 'circuit_breaker' | 'python_function'
>;

/** Bundles all functions of all pipelines at once, because they share most of their files. Throws BundleError. */
export async function bundlePipelines(
  pipelines: readonly Bundled[],
  options: BundleOptions,
): Promise<ReadonlyMap<string, PipelineBundles>> {
  const entries = pipelines.map(
    (pipeline) => [pipeline.id, entriesOf(pipeline, options.root)] as const,
  );
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
  { app, collection, historic, verify, breaker, bootstrap }: ByRole<From>,
  change: (from: From) => To,
): ByRole<To> {
  return {
    app: change(app),
    collection: change(collection),
    ...(historic !== undefined && { historic: change(historic) }),
    ...(verify !== undefined && { verify: change(verify) }),
    ...(breaker !== undefined && { breaker: change(breaker) }),
    ...(bootstrap !== undefined && { bootstrap: change(bootstrap) }),
  };
}

function entriesOf(
  { id, inventory_location, verify_ingestion, circuit_breaker, python_function }: Bundled,
  root: string,
): ByRole<string> {
  return {
    app: entryOf(root, id, 'app.ts'),
    collection: entryOf(root, id, 'collection.ts'),
    ...(inventory_location !== undefined && { historic: entryOf(root, id, 'historic.ts') }),
    // The same code for every pipeline.
    ...(verify_ingestion && { verify: 'lambdas/verify.ts' }),
    ...(circuit_breaker && { breaker: 'lambdas/breaker.ts' }),
    ...(python_function !== undefined && { bootstrap: BOOTSTRAP_ENTRY }),
  };
}
