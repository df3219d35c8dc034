import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { hrefSource } from '../../lambdas/source/href.js';
import type { Item } from '../../lambdas/stac/stac.js';
import { shippedModule, type Sentinel1Item } from '../support/project/shipped.js';

const { createItem } = await shippedModule<Sentinel1Item>('sentinel1/item.ts');
const root = join(import.meta.dirname, '..', '..');

/** The folder of the smallest granule of the sample. */
export function sampleFolder(): string {
  const bucket = join(root, 'pipelines/sentinel1/sample/bucket');
  const found = execFileSync('find', [bucket, '-name', 'productInfo.json'], { encoding: 'utf8' });
  const [file = ''] = found.split('\n');
  return join(file, '..');
}

/** Returns a function that creates the Item of a granule on disk with each call. */
export function maker(folder: string): () => Promise<Item> {
  const source = hrefSource({ requesterPays: false });
  return () => createItem({ href: folder, source, warn: () => undefined });
}
