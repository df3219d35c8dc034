import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { entryOf, tryEntryOf } from '../../../modules/bundling/entries.js';

const COLLECTION = JSON.stringify({ type: 'Collection', id: 'sea-surface', title: "it's `${1}`" });

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'entries-'));
  mkdirSync(join(root, 'pipelines/sst'), { recursive: true });
});

function folder(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(root, 'pipelines/sst', name), text);
}

function generated(name: 'app.ts' | 'collection.ts' | 'historic.ts'): string {
  const path = entryOf(root, 'sst', name);
  expect(path).toBe(`.generated/sst/${name}`);
  return readFileSync(join(root, path), 'utf8');
}

describe('the entry of a file of a pipeline', () => {
  test('is the file itself, also of a Python pipeline', () => {
    folder({ 'app.ts': '', 'collection.ts': '', 'requirements.in': '', 'collection.json': '{}' });

    expect(entryOf(root, 'sst', 'app.ts')).toBe('pipelines/sst/app.ts');
    expect(entryOf(root, 'sst', 'collection.ts')).toBe('pipelines/sst/collection.ts');
    expect(existsSync(join(root, '.generated'))).toBe(false);
  });

  test('is missing without files that it follows from', () => {
    expect(tryEntryOf(root, 'sst', 'app.ts')).toBeUndefined();
    expect(tryEntryOf(root, 'sst', 'historic.ts')).toBeUndefined();
    expect(entryOf(root, 'sst', 'collection.ts')).toBe('pipelines/sst/collection.ts');
  });

  test('is generated from collection.json', () => {
    folder({ 'collection.json': COLLECTION });
    const code = generated('collection.ts');

    expect(code).toContain(
      'import { collectionHandler } from "../../lambdas/collection-handler.js";',
    );
    const literal = /COLLECTION = (\{[\s\S]*?\n\});/.exec(code)?.[1] ?? '';
    expect(JSON.parse(literal)).toEqual(JSON.parse(COLLECTION));
  });

  test('is generated for a Python pipeline, with the id of the Collection', () => {
    folder({ 'collection.json': COLLECTION, 'requirements.in': 'noaa-cdr\n' });

    expect(generated('app.ts')).toContain('pythonGranuleHandler("sea-surface")');
    expect(generated('historic.ts')).toContain('pythonHistoricHandler()');
  });

  test('takes the id from collection.ts', () => {
    folder({ 'collection.ts': '', 'requirements.in': 'noaa-cdr\n' });

    expect(generated('app.ts')).toContain(
      'import { handler as collection } from "../../pipelines/sst/collection.js";',
    );
  });

  test('follows a change, and keeps its time without one', () => {
    folder({ 'collection.json': COLLECTION });
    generated('collection.ts');
    const { mtimeNs } = statSync(join(root, '.generated/sst/collection.ts'), { bigint: true });
    generated('collection.ts');
    expect(statSync(join(root, '.generated/sst/collection.ts'), { bigint: true }).mtimeNs).toBe(
      mtimeNs,
    );

    folder({ 'collection.json': COLLECTION.replace('sea-surface', 'ice') });
    expect(generated('collection.ts')).toContain('"id": "ice"');
  });

  test.each([
    ['no JSON', 'pipelines/sst/collection.json is not JSON: SyntaxError'],
    [
      '[]',
      'pipelines/sst/collection.json is not a Collection: it needs "type": "Collection" and an id',
    ],
    ['{"type":"Feature","id":"a"}', 'is not a Collection'],
    ['{"type":"Collection","id":""}', 'is not a Collection'],
  ])('is not generated from %s', (text, message) => {
    folder({ 'collection.json': text, 'requirements.in': '' });

    expect(() => entryOf(root, 'sst', 'collection.ts')).toThrow(message);
    expect(() => entryOf(root, 'sst', 'app.ts')).toThrow(message);
  });

  test('is not generated for a Python pipeline without a Collection', () => {
    folder({ 'requirements.in': '' });

    expect(() => entryOf(root, 'sst', 'app.ts')).toThrow(
      'pipelines/sst has neither collection.ts nor collection.json',
    );
  });
});
