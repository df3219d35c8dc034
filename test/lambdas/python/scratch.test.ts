import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withScratch } from '../../../lambdas/python/scratch.js';

test.each([true, false])('a granule has a folder for output if it needs one (%s)', async (has) => {
  const found = await withScratch({ hasOutput: has }, ({ output, input }) =>
    Promise.resolve({ output: existsSync(output), input: existsSync(input) }),
  );

  expect(found).toEqual({ output: has, input: false });
});

test('the folders are removed with all that is in them, also after an error', async () => {
  let folder = '';
  const working = withScratch({ hasOutput: true }, ({ input, output }) => {
    folder = dirname(input);
    const deep = join(input, '2024/06');
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'a.nc'), 'a');
    chmodSync(join(deep, 'a.nc'), 0o444);
    symlinkSync('/nonexistent', join(output, 'broken'));
    symlinkSync(dirname(import.meta.filename), join(output, 'link'));
    return Promise.reject(new Error('no Item'));
  });

  await expect(working).rejects.toThrow('no Item');
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(import.meta.filename)).toBe(true);
});

test('two granules have different folders', async () => {
  const inputs = await withScratch({ hasOutput: false }, (one) =>
    withScratch({ hasOutput: false }, (other) => Promise.resolve([one.input, other.input])),
  );

  expect(new Set(inputs).size).toBe(2);
});
