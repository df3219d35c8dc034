import type { Granule, ItemContext } from '../granule/items.js';
import { limiter } from '../runtime/limiter.js';
import { once } from '../runtime/once.js';
import type { Item } from '../stac/stac.js';
import { placeAssets } from '../outputs/place-assets.js';
import { downloadGranule } from './download.js';
import { withoutPlace } from './links.js';
import { withScratch, type Scratch } from './scratch.js';
import { isPythonHere, pythonSettings } from './settings.js';
import { workerOf } from './shared-worker.js';

/** While Python works on one granule, others are downloaded or uploaded. More would fill the temporary folder. */
const PREPARED_GRANULES = 4;

type CreateItems = (granule: Granule & ItemContext) => Promise<readonly Item[]>;

/**
 * Returns the createItem of a Python pipeline: it calls python_function of config.yaml in a Python process that lives as
 * long as this one, and starts to import the package at once. Its createItem returns the Items, which may be none, and
 * throws PythonError and ReadError.
 *
 * @example
 * // app.ts of a pipeline with messages of its own.
 * export const handler = granuleHandler({ collectionId, parseMessage, createItem: pythonItem() });
 */
export function pythonItem(): CreateItems {
  const limited = limiter(PREPARED_GRANULES);
  const python = once(() => {
    const settings = pythonSettings();
    const printed = new Map<string, ItemContext['info']>();
    const worker = workerOf(settings, (line, { stream, href }) => {
      // What is printed during the import is logged with a granule that waits for it.
      const info = href === undefined ? [...printed.values()][0] : printed.get(href);
      info?.('printed by Python', { href, stream, line });
    });
    return { settings, worker, printed };
  });
  if (isPythonHere()) python().worker.start();

  return (granule) =>
    limited(() =>
      withScratch({ hasOutput: granule.output.isConfigured }, (scratch) => make(granule, scratch)),
    );

  async function make(
    { href, source, output, info, signal }: Granule & ItemContext,
    scratch: Scratch,
  ): Promise<readonly Item[]> {
    const { settings, worker, printed } = python();
    const { input, output: folder } = scratch;
    const file =
      settings.granuleInput === 'file'
        ? await downloadGranule(href, { source, folder: input, others: settings.granuleFiles })
        : undefined;
    printed.set(href, info);
    try {
      const named = output.isConfigured ? { [settings.outputArgument]: folder } : {};
      const made = await worker.make(
        { href: file ?? href, arguments: { ...settings.arguments, ...named } },
        { subject: href, signal },
      );
      const items: Item[] = [];
      for (const item of made) {
        const placed = withoutPlace(item as Item);
        items.push(await placeAssets(placed, { href, file, input, output: folder }, output));
      }
      return items;
    } finally {
      printed.delete(href);
    }
  }
}
