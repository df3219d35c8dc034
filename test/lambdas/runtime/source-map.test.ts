import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { originalPlace } from '../../../lambdas/runtime/source-map.js';
import { traceOf } from '../../../lambdas/runtime/trace.js';

const folder = mkdtempSync(join(tmpdir(), 'maps-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A map of column 1 of line 2 to line 6, column 10 of the source. */
const MAP = { version: 3, sources: ['../../../pipelines/x/app.ts'], names: [], mappings: ';AAKS' };

function bundle(name: string, map?: string): string {
  const path = join(folder, `${name}.mjs`);
  if (map !== undefined) writeFileSync(`${path}.map`, map);
  return path;
}

test('[N22] a place in a bundle that Node.js has not mapped becomes the place in the source', () => {
  const path = bundle('app', JSON.stringify(MAP));
  const error = new Error('x');
  error.stack = `Error: x\n    at f (file://${path}:2:1)`;

  expect(traceOf(error)).toBe('Error: x\n    at f (pipelines/x/app.ts:6:10)');
});

test.each([
  ['without a map', bundle('none')],
  ['whose map is not JSON', bundle('text', 'no map')],
  ['whose map does not cover the place', bundle('other', JSON.stringify(MAP))],
  ['that is not a bundle', join(folder, 'app.ts')],
])('a place in a file %s stays as it is', (_, path) => {
  const place = { path, line: 1, column: 1 };

  expect(originalPlace(place)).toEqual(place);
});
