import { yamlOf } from '../stacks/config-folder.js';
import { projectRoot } from './project-root.js';

/**
 * The files of a pipeline that reads a field of undefined (always in line 4, in a function `careless`), with a file of
 * messages and a listing.
 */
const FILES: Readonly<Record<string, string>> = {
  'pipelines/waves/config.yaml': yamlOf({
    inventory_location: 's3://reports/listing.txt',
    historic_frequency: '6',
    initial_chunk: 'good',
  }),
  'pipelines/waves/careless.ts': `import type { Item } from '../../lambdas/stac/stac.js';
// A second line.
export function careless(x: { readonly a?: { readonly b: Item } }): Item {
  return (x.a as { readonly b: Item }).b;
}
`,
  'pipelines/waves/app.ts': `import { granuleHandler } from '../../lambdas/granule-handler.js';
import { GranuleError } from '../../lambdas/runtime/errors.js';
import { careless } from './careless.js';
export const handler = granuleHandler({
  collectionId: 'waves',
  parseMessage: (message) => ({ href: message.type === 's3-object' ? message.href : String(message.body) }),
  createItem: async ({ href }) => {
    await Promise.resolve();
    if (href.includes('refused')) throw new GranuleError(\`\${href}: no footprint\`, { href });
    return careless({});
  },
});
`,
  'pipelines/waves/collection.ts': `import { collectionHandler } from '../../lambdas/collection-handler.js';
import { careless } from './careless.js';
export const handler = collectionHandler(() => careless({}) as never);
`,
  'pipelines/waves/historic.ts': `import { historicHandler } from '../../lambdas/historic-handler.js';
import { careless } from './careless.js';
export const handler = historicHandler({
  queryInventory: ({ chunk }) => (chunk === 'bad' ? careless({}).id : 'SELECT key FROM inventory'),
  rowToMessageBody: ({ key = '' }) => (key === 'bad' ? careless({}).id : key),
  nextChunk: () => undefined,
});
`,
  'messages.ndjson': 's3://bucket/granule\ns3://bucket/refused\n',
  'listing.txt': 'good\nbad\n',
};

/** Creates a project with these files. Returns its folder. */
export function carelessProject(): string {
  return projectRoot(FILES);
}
