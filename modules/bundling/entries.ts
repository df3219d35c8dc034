import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { PYTHON_MARK } from '../config/folder.js';
import { ConfigError } from '../config/values/error.js';

/** How each file of a pipeline makes its handler. */
export const FACTORIES = {
  'app.ts': 'granuleHandler({ collectionId, parseMessage, createItem })',
  'collection.ts': 'collectionHandler(createCollection)',
  'historic.ts': 'historicHandler({ queryInventory, rowToMessageBody, nextChunk })',
} as const;

/** Name of a file of a pipeline that exports a handler. */
export type FileName = keyof typeof FACTORIES;

/** The folder of generated files, which git ignores. */
const GENERATED = '.generated';

/**
 * Returns the path of the file that exports a handler of a pipeline, relative to `root`. A file that its folder does not
 * have is generated if it follows from the others: collection.ts from collection.json, and app.ts and historic.ts of a
 * Python pipeline. Throws ConfigError if collection.json cannot be used.
 */
export function entryOf(root: string, id: string, name: FileName): string {
  return tryEntryOf(root, id, name) ?? ownFile(id, name);
}

/** Like entryOf; returns undefined if there is no such file and none follows from the others. */
export function tryEntryOf(root: string, id: string, name: FileName): string | undefined {
  const own = ownFile(id, name);
  if (existsSync(join(root, own))) return own;
  const code = generated(root, id, name);
  if (code === undefined) return undefined;
  const path = `${GENERATED}/${id}/${name}`;
  writeIfChanged(join(root, path), `// Generated from the folder pipelines/${id}.\n${code}`);
  return path;
}

function ownFile(id: string, name: string): string {
  return `pipelines/${id}/${name}`;
}

function generated(root: string, id: string, name: FileName): string | undefined {
  const has = (file: string) => existsSync(join(root, ownFile(id, file)));
  switch (name) {
    case 'collection.ts':
      return has('collection.json') ? collectionCode(root, id) : undefined;
    case 'app.ts':
      return has(PYTHON_MARK) ? appCode(root, id) : undefined;
    case 'historic.ts':
      return has(PYTHON_MARK) ? HISTORIC : undefined;
  }
}

function collectionCode(root: string, id: string): string {
  // A literal, because Node.js and the bundler import JSON in different ways.
  const collection = JSON.stringify(readCollection(root, id), undefined, 2);
  return `${importLine('collectionHandler', 'lambdas/collection-handler.js')}
const COLLECTION = ${collection};

export const handler = collectionHandler(() => COLLECTION);
`;
}

/** The app has the id of the Collection, from collection.json or from what collection.ts creates. */
function appCode(root: string, id: string): string {
  const own = ownFile(id, 'collection.ts');
  const isOwn = existsSync(join(root, own));
  const collectionId = isOwn
    ? 'collection.createCollection().id'
    : JSON.stringify(readCollection(root, id).id);
  return [
    importLine('pythonGranuleHandler', 'lambdas/python-handler.js'),
    ...(isOwn ? [importLine('handler as collection', own.replace(/\.ts$/, '.js'))] : []),
    `\nexport const handler = pythonGranuleHandler(${collectionId});\n`,
  ].join('');
}

const HISTORIC = `${importLine('pythonHistoricHandler', 'lambdas/python-historic-handler.js')}
export const handler = pythonHistoricHandler();
`;

/** @param path relative to the project */
function importLine(name: string, path: string): string {
  return `import { ${name} } from ${JSON.stringify(`../../${path}`)};\n`;
}

const CollectionSchema = z.looseObject({ type: z.literal('Collection'), id: z.string().min(1) });

function readCollection(root: string, id: string): z.infer<typeof CollectionSchema> {
  const file = ownFile(id, 'collection.json');
  const text = readText(root, file, id);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError([`${file} is not JSON: ${String(cause)}`], { cause });
  }
  const { data, success } = CollectionSchema.safeParse(json);
  if (success) return data;
  throw new ConfigError([`${file} is not a Collection: it needs "type": "Collection" and an id`]);
}

function readText(root: string, file: string, id: string): string {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch (cause) {
    throw new ConfigError(
      [
        `pipelines/${id} has neither collection.ts nor collection.json: write one, or take that of the package with ` +
          `npm run collection -- ${id} --from package.module:function`,
      ],
      { cause },
    );
  }
}

/** Another process may read the file meanwhile, and a file that stays the same keeps its time. */
function writeIfChanged(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
