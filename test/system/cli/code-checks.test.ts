import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { projectRoot, writeFiles } from '../../support/cli/project-root.js';
import { runCli } from '../../support/cli/run-cli.js';

const TIMEOUT_MS = 120_000;

const APP = `import { granuleHandler } from '../../lambdas/granule-handler.js';

export const handler = granuleHandler({
  collectionId: 'wave',
  parseMessage: () => undefined,
  createItem: () => Promise.reject(new Error('none')),
});
`;
const COLLECTION = `import { collectionHandler } from '../../lambdas/collection-handler.js';

export const handler = collectionHandler(() => ({ type: 'Collection', id: 'waves' }));
`;

const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['item', ['waves', 's3://waves/1']],
  ['collection', ['waves']],
  ['local', ['waves', '--messages', 'package.json']],
];

let root: string;

beforeAll(() => {
  root = projectRoot({ 'pipelines/waves/collection.ts': COLLECTION });
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

test.each(COMMANDS)(
  '[N25] npm run %s tells with file and line that app.ts exports no handler',
  async (command, args) => {
    writeFiles(root, { 'pipelines/waves/app.ts': APP.replace('handler =', 'main =') });

    expect(await runCli(command, args, { cwd: root })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'pipelines/waves/app.ts:3:21 exports no handler (exported: main): ' +
        "it needs 'export const handler = granuleHandler({ collectionId, parseMessage, createItem })'\n",
    });
  },
  TIMEOUT_MS,
);

test.each(COMMANDS)(
  '[N25] npm run %s tells with file and line that app.ts and collection.ts have two ids',
  async (command, args) => {
    writeFiles(root, { 'pipelines/waves/app.ts': APP });

    expect(await runCli(command, args, { cwd: root })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        "pipelines/waves/app.ts:4:17 collectionId is 'wave', but the Collection of pipelines/waves/collection.ts:3:75 " +
        "has the id 'waves': use one id for both, for example a constant that both import\n",
    });
  },
  TIMEOUT_MS,
);

test(
  'npm run item tells where code cannot be read, without a stack trace',
  async () => {
    writeFiles(root, { 'pipelines/waves/app.ts': 'export const = 1;\n' });

    expect(await runCli('item', ['waves', 's3://waves/1'], { cwd: root })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'pipelines/waves/app.ts:1:14: Expected identifier but found "="\n',
    });
  },
  TIMEOUT_MS,
);
