import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkCode } from '../../../modules/bundling/check-code.js';
import { BundleError } from '../../../modules/bundling/bundle.js';
import { ConfigError } from '../../../modules/config/values/error.js';
import { projectRoot } from '../../support/cli/project-root.js';

const APP = `import { granuleHandler } from '../../lambdas/granule-handler.js';

export const handler = granuleHandler({
  collectionId: 'waves',
  parseMessage: () => undefined,
  createItem: () => {
    throw new Error('no Item');
  },
});
`;
const COLLECTION = `import { collectionHandler } from '../../lambdas/collection-handler.js';

export const handler = collectionHandler(() => ({
  type: 'Collection',
  id: 'waves',
}));
`;
const HISTORIC = `import { historicHandler } from '../../lambdas/historic-handler.js';

export const handler = historicHandler({
  queryInventory: () => 'SELECT key FROM inventory',
  rowToMessageBody: ({ key }) => key,
  nextChunk: () => undefined,
});
`;

type Files = Readonly<Record<string, string>>;

/** The problems of a project whose pipeline waves has these files besides a sound app.ts and collection.ts. */
async function problemsOf(files: Files, hasInventory = false): Promise<readonly string[]> {
  const root = projectRoot();
  write(join(root, 'pipelines/waves'), { 'app.ts': APP, 'collection.ts': COLLECTION });
  write(join(root, 'pipelines/waves'), files);
  return problemsIn(root, [{ id: 'waves', hasInventory }]);
}

async function problemsIn(
  root: string,
  pipelines: Parameters<typeof checkCode>[0],
): Promise<readonly string[]> {
  try {
    await checkCode(pipelines, root);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

test('code that fits together has no problems', async () => {
  expect(await problemsOf({})).toEqual([]);
  expect(await problemsOf({ 'historic.ts': HISTORIC }, true)).toEqual([]);
});

describe('[N25] the handler', () => {
  test.each([
    ['is misspelled', APP.replace('const handler', 'const handlr'), '3:23', 'handlr'],
    ['is the default', APP.replace('const handler =', 'default'), '3:16', 'default'],
    ['is not exported', APP.replace('export const', 'const'), '3:17', 'nothing'],
    ['is not there', 'export const a = 1;\nexport const b = 2;\n', '1:1', 'a, b'],
    ['is a type only', 'type handler = string;\nexport type { handler };\n', '2:1', 'nothing'],
    ['is not in an empty file', '', '1:1', 'nothing'],
  ])('%s: the file, the line and what is exported are reported', async (...row) => {
    const [, app, place, exported] = row;
    expect(await problemsOf({ 'app.ts': app })).toEqual([
      `pipelines/waves/app.ts:${place} exports no handler (exported: ${exported}): ` +
        "it needs 'export const handler = granuleHandler({ collectionId, parseMessage, createItem })'",
    ]);
  });

  test.each([
    ["{ collectionId: 'waves' }", 'of type object'],
    ['undefined', 'undefined'],
  ])('%s is not a function', async (value, what) => {
    expect(await problemsOf({ 'app.ts': `export const handler = ${value};\n` })).toEqual([
      `pipelines/waves/app.ts:1:1 handler is not a function but ${what}: it needs 'export const handler = granuleHandler({ collectionId, parseMessage, createItem })'`,
    ]);
  });

  test('is missing in collection.ts and historic.ts too: all problems are reported at once', async () => {
    const files = { 'collection.ts': 'export {};\n', 'historic.ts': '\nexport const query = 1;\n' };

    expect(await problemsOf(files, true)).toEqual([
      expect.stringMatching(
        /^pipelines\/waves\/collection\.ts:1:1 exports no handler.*collectionHandler/,
      ),
      expect.stringMatching(
        /^pipelines\/waves\/historic\.ts:2:1 exports no handler.*historicHandler/,
      ),
    ]);
  });

  test.each([
    ['re-exported', "export { handler } from './made.js';\n"],
    ['re-exported with everything', "export * from './made.js';\n"],
    ['any function', 'export async function handler() {}\n'],
  ])('may be %s', async (_, app) => {
    expect(await problemsOf({ 'app.ts': app, 'made.ts': APP })).toEqual([]);
  });
});

describe('[N25] the id of the Collection', () => {
  test('differs between app.ts and collection.ts: both places are reported', async () => {
    expect(await problemsOf({ 'app.ts': APP.replace("'waves'", "'wave'") })).toEqual([
      "pipelines/waves/app.ts:4:17 collectionId is 'wave', but the Collection of pipelines/waves/collection.ts:5:7 " +
        "has the id 'waves': use one id for both, for example a constant that both import",
    ]);
  });

  test('is computed, and stands in other files', async () => {
    const files = {
      'constants.ts': "export const ID = ['wave', 's'].join('');\n",
      'app.ts':
        "import { granuleHandler } from '../../lambdas/granule-handler.js';\nimport { pipeline } from './pipeline.js';\nexport const handler = granuleHandler(pipeline);\n",
      'pipeline.ts':
        "import { ID } from './constants.js';\nconst collectionId = `${ID}-v2`;\nexport const pipeline = { collectionId, parseMessage: () => undefined };\n",
      'collection.ts':
        COLLECTION.replace("'waves'", 'ID') + "import { ID } from './constants.js';\n",
    };

    expect(await problemsOf(files)).toEqual([
      "pipelines/waves/pipeline.ts:3:27 collectionId is 'waves-v2', but the Collection of pipelines/waves/collection.ts:5:7 " +
        "has the id 'waves': use one id for both, for example a constant that both import",
    ]);
    expect(
      await problemsOf({ ...files, 'pipeline.ts': files['pipeline.ts'].replace('-v2', '') }),
    ).toEqual([]);
  });

  test.each([
    ['app.ts throws while it loads', { 'app.ts': `throw new Error('no');\n${APP}` }],
    [
      'createCollection throws',
      {
        'collection.ts': COLLECTION.replace("id: 'waves'", 'id: (() => { throw new Error(); })()'),
      },
    ],
    [
      'app.ts waits forever',
      { 'app.ts': `setInterval(() => {});\nawait new Promise(() => {});\n${APP}` },
    ],
    ['app.ts exits', { 'app.ts': `process.exit(3);\n${APP}` }],
  ])('cannot be known if %s: nothing is reported', async (_, files) => {
    const other = { 'app.ts': APP, 'collection.ts': COLLECTION.replace("'waves'", "'other'") };

    expect(await problemsOf(Object.assign(other, files))).toEqual([]);
  });

  test('is known although the code uses AWS and prints while it loads', async () => {
    const app = `import { S3Client } from '@aws-sdk/client-s3';
const region = await new S3Client({}).config.region();
console.log('region', region);
class Own extends S3Client {}
new Own({}).send(1);
${APP.replace("'waves'", "'wave'")}`;

    expect(await problemsOf({ 'app.ts': app })).toEqual([
      expect.stringMatching(/^pipelines\/waves\/app\.ts:9:17 collectionId is 'wave'/),
    ]);
  });
});

describe('a Collection of two pipelines', () => {
  const URLS = { waves: 'https://ingestor/a', tides: 'https://ingestor/a' };
  const files = (id: string, collectionId: string): Files => ({
    [`pipelines/${id}/app.ts`]: APP.replace("'waves'", `'${collectionId}'`),
    [`pipelines/${id}/collection.ts`]: COLLECTION.replace("'waves'", `'${collectionId}'`),
  });
  const both = (collectionId: string) =>
    projectRoot({ ...files('waves', 'waves'), ...files('tides', collectionId) });
  const pipelines = (urls: Readonly<Record<string, string>> = URLS) =>
    Object.entries(urls).map(([id, ingestorUrl]) => ({ id, hasInventory: false, ingestorUrl }));

  test('is refused at its place, with the names of both', async () => {
    expect(await problemsIn(both('waves'), pipelines())).toEqual([
      "pipelines/tides/collection.ts:5:7 the id 'waves' is also that of the Collection in pipelines/waves/collection.ts:5:7: " +
        "pipelines/tides and pipelines/waves would replace each other's Collection and Items at https://ingestor/a. " +
        'Give each Collection an id of its own, or one of the pipelines another ingestor_url',
    ]);
  });

  test('is refused where only one of them is checked', async () => {
    const [one, other] = [{ tides: URLS.tides }, { waves: URLS.waves }].map(pipelines);

    await expect(checkCode(one ?? [], both('waves'), other)).rejects.toThrow(
      'pipelines/tides and pipelines/waves would replace',
    );
  });

  test('is in order at two ingestors, which fill two catalogues', async () => {
    const urls = { ...URLS, tides: 'https://ingestor/b' };

    expect(await problemsIn(both('waves'), pipelines(urls))).toEqual([]);
    expect(await problemsIn(both('tides'), pipelines())).toEqual([]);
  });

  test('is found in collection.json, too', async () => {
    const root = projectRoot({
      ...files('waves', 'waves'),
      'pipelines/tides/app.ts': APP,
      'pipelines/tides/collection.json': '{"type": "Collection", "id": "waves"}',
    });

    expect(await problemsIn(root, pipelines())).toEqual([
      expect.stringMatching(/^pipelines\/tides\/collection\.json:1:1 the id 'waves' is also/),
    ]);
  });

  test('is not judged where a config or the code of the other cannot be read', async () => {
    const root = both('waves');
    const unread = [{ id: 'tides', hasInventory: undefined }];

    expect(await problemsIn(root, [...pipelines({ waves: URLS.waves }), ...unread])).toEqual([]);
    write(join(root, 'pipelines/tides'), { 'collection.ts': 'export const = 1;\n' });
    await checkCode(pipelines({ waves: URLS.waves }), root, pipelines({ tides: URLS.tides }));
  });
});

describe('[N25] parseMessage', () => {
  const withParse = (parseMessage: string) => ({
    'app.ts': APP.replace('parseMessage: () => undefined', `parseMessage: ${parseMessage}`),
  });
  const skip =
    'it must skip messages of other forms (return undefined) or refuse them (throw MessageError)';

  test('throws a TypeError, which is a bug and no refusal: its place is reported', async () => {
    const app = withParse(
      '(message) => {\n    const { key } = message.body.object;\n    return { href: key };\n  }',
    );

    expect(await problemsOf(app)).toEqual([
      "pipelines/waves/app.ts:6:13 parseMessage throws a TypeError (Cannot destructure property 'key' of " +
        `'message.body.object' as it is undefined.) for the message {"type":"custom","body":{}}: ${skip}`,
    ]);
  });

  test.each([
    [
      '({ body }) => ({ href: body.trim() })',
      /^pipelines\/waves\/app\.ts:5:\d+ parseMessage throws a TypeError/,
    ],
    [
      '() => nothing.here',
      /^pipelines\/waves\/app\.ts:5:\d+ parseMessage throws a ReferenceError \(nothing is/,
    ],
    ['({ body }) => ({ href: new RegExp(String(body) + "(") })', /throws a SyntaxError/],
    [
      '({ type, key, body }) => { if (type !== "custom") return { href: key.no.such }; }',
      /for the message \{"type":"s3-object","bucket":"bucket","key":"no\/such\/granule.txt"/,
    ],
  ])('%s fails for a message of another form', async (parseMessage, problem) => {
    expect(await problemsOf(withParse(parseMessage))).toEqual([expect.stringMatching(problem)]);
  });

  test('fails in another file, below a call of a library: the place is the one in the pipeline', async () => {
    const files = {
      'app.ts': `import { parseMessage } from './parse.js';\n${withParse('parseMessage')['app.ts']}`,
      'parse.ts':
        "import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';\n\nexport function parseMessage({ body }) {\n  return { href: withoutTrailingSlashes(body.href) };\n}\n",
    };

    expect(await problemsOf(files)).toEqual([
      expect.stringMatching(/^pipelines\/waves\/parse\.ts:4:18 parseMessage throws a TypeError/),
    ]);
  });

  test.each([
    [
      'throws MessageError',
      '() => { throw Object.assign(new TypeError("no"), { kind: "permanent" }); }',
    ],
    ['throws an Error', '() => { throw new Error("unknown message"); }'],
    ['parses JSON', '({ body }) => JSON.parse(String(body) + "{")'],
    ['returns undefined', '({ body }) => (typeof body === "string" ? { href: body } : undefined)'],
  ])('is sound if it %s', async (_, parseMessage) => {
    expect(await problemsOf(withParse(parseMessage))).toEqual([]);
  });
});

describe('[N25] historic.ts', () => {
  test('has no inventory to read', async () => {
    expect(await problemsOf({ 'historic.ts': HISTORIC })).toEqual([
      'pipelines/waves/historic.ts:3:24 historic.ts has nothing to read: add inventory_location and historic_frequency ' +
        'to config.yaml, or remove historic.ts',
    ]);
  });

  test('is not judged while config.yaml cannot be read', async () => {
    const root = projectRoot({ 'pipelines/waves/historic.ts': HISTORIC });

    expect(await problemsIn(root, [{ id: 'waves', hasInventory: undefined }])).toEqual([]);
  });
});

test('files that are missing are a problem of config.yaml, and other pipelines are still checked', async () => {
  const root = projectRoot({ 'pipelines/tides/app.ts': 'export const other = 1;\n' });

  expect(
    await problemsIn(root, [
      { id: 'waves', hasInventory: false },
      { id: 'tides', hasInventory: false },
    ]),
  ).toEqual([expect.stringMatching(/^pipelines\/tides\/app\.ts:1:1 exports no handler/)]);
});

test('code that the bundler cannot read is an error with its place', async () => {
  await expect(problemsOf({ 'app.ts': 'export const = 1;\n' })).rejects.toThrow(BundleError);
  await expect(problemsOf({ 'app.ts': "import './gone.js';\n" })).rejects.toThrow(
    /^pipelines\/waves\/app\.ts:1:8: Could not resolve/,
  );
});

test('what was found is kept until a file changes', async () => {
  const root = projectRoot();
  const pipelines = [{ id: 'waves', hasInventory: false }];
  const app = join(root, 'pipelines/waves/app.ts');

  writeFileSync(app, 'export const other = 1;\n');
  expect(await problemsIn(root, pipelines)).toHaveLength(1);
  expect(await problemsIn(root, pipelines)).toHaveLength(1);
  writeFileSync(app, APP);
  expect(await problemsIn(root, pipelines)).toEqual([]);
});
