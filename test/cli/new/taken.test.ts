import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { questionsBeside } from '../../../cli/new/taken.js';
import { writeFiles } from '../../support/cli/project-root.js';

const HANDLER = resolve('lambdas/collection-handler.js');

/** A project whose pipelines have these files collection.ts. */
function projectOf(collections: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'taken-'));
  for (const name of ['lambdas', 'node_modules']) symlinkSync(resolve(name), join(root, name));
  for (const [id, code] of Object.entries(collections))
    writeFiles(root, {
      [`pipelines/${id}/config.yaml`]: `id: ${id}\n`,
      [`pipelines/${id}/collection.ts`]: code,
    });
  return root;
}

function collectionTs(id: string): string {
  return `import { collectionHandler } from '${HANDLER}';
export const handler = collectionHandler(() => ({ id: '${id}' }));\n`;
}

async function parsedIn(root: string, value: string): Promise<string | undefined> {
  const questions = await questionsBeside('tides', root);
  return questions.find(({ name }) => name === 'collectionId')?.parse(value, {});
}

test('the id of a Collection that another pipeline has is refused with both names', async () => {
  const root = projectOf({ waves: collectionTs('sea'), winds: collectionTs('air') });

  await expect(parsedIn(root, 'sea')).rejects.toThrow(
    "must be another id, because pipelines/waves has it: it and pipelines/tides would replace each other's Collection and Items",
  );
  expect(await parsedIn(root, 'ice')).toBe('ice');
});

test('a pipeline that cannot be bundled does not hide the Collections of the others', async () => {
  const root = projectOf({ broken: 'export const =', waves: collectionTs('sea') });

  await expect(parsedIn(root, 'sea')).rejects.toThrow('pipelines/waves has it');
});

test('without pipelines every id is free', async () => {
  const root = mkdtempSync(join(tmpdir(), 'taken-'));
  mkdirSync(join(root, 'pipelines'));

  expect(await parsedIn(root, 'sea')).toBe('sea');
});
