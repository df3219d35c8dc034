import { describe, expect, test } from '@jest/globals';
import type { OutputFile, OutputStore } from '../../../lambdas/outputs/store.js';
import { granuleOutput } from '../../../lambdas/outputs/writer.js';
import { failureOf } from '../../../lambdas/runtime/errors.js';

function memoryStore() {
  const files: OutputFile[] = [];
  const store: OutputStore = {
    put: (_, file) => {
      files.push(file);
      return Promise.resolve(`s3://copies/${file.name}`);
    },
  };
  return { store, files };
}

describe('the output of a granule', () => {
  test('writes below the Collection and returns the href', async () => {
    const { store, files } = memoryStore();
    const { signal } = new AbortController();
    const output = granuleOutput({ store, collectionId: 'sst', signal });

    expect(await output.write('a/sst.tif', new Uint8Array(), { type: 'image/tiff' })).toBe(
      's3://copies/sst/a/sst.tif',
    );
    expect(await output.write('a/2024/mask.TIF', '/tmp/mask.tif')).toBe(
      's3://copies/sst/a/2024/mask.TIF',
    );
    expect(files).toEqual([
      { name: 'sst/a/sst.tif', type: 'image/tiff', signal },
      { name: 'sst/a/2024/mask.TIF', type: 'image/tiff; application=geotiff', signal },
    ]);
  });

  test.each(['sst.tif', 'a/', '/a/b', 'a//b', 'a/../b/c', './a/b', 'a/b\n', ''])(
    'refuses the name %j',
    async (name) => {
      const { store, files } = memoryStore();
      const output = granuleOutput({ store, collectionId: 'sst' });
      const error: unknown = await output
        .write(name, new Uint8Array())
        .catch((thrown: unknown) => thrown);

      expect(failureOf(error)).toMatchObject({
        kind: 'permanent',
        message: expect.stringContaining('is not the name of an output: use <item id>/<file>'),
      });
      expect(files).toEqual([]);
    },
  );

  test('refuses a relative path, which means another file after a change of folder', async () => {
    const output = granuleOutput({ ...memoryStore(), collectionId: 'sst' });

    await expect(output.write('a/b.tif', 'b.tif')).rejects.toThrow('pass an absolute path');
  });

  test('without outputs in config.yaml says what to add', async () => {
    const output = granuleOutput({ store: undefined, collectionId: 'sst' });

    expect(output.isConfigured).toBe(false);
    await expect(output.write('a/b.tif', new Uint8Array())).rejects.toThrow(
      "'a/b.tif' cannot be written: add outputs (s3://bucket/prefix) to config.yaml",
    );
  });

  test('must belong to an Item of the granule', async () => {
    const output = granuleOutput({ ...memoryStore(), collectionId: 'sst' });
    await output.write('a%20b/c.tif', new Uint8Array());
    output.checkItems(['a b', 'other']);

    expect(() => {
      output.checkItems(['a']);
    }).toThrow("'a%20b/c.tif' does not start with the id of an Item (its Items have a/)");
    expect(() => {
      output.checkItems([]);
    }).toThrow('it has no Items');
  });
});
