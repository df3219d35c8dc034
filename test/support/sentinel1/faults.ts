import { shippedModule, type Sentinel1Item } from '../project/shipped.js';
import { fixtureText, testGranule, type Edit } from './granule.js';

const { createItem } = await shippedModule<Sentinel1Item>('sentinel1/item.ts');

/** Returns the error of the ordinary granule with these edits; undefined if it still becomes an Item. */
export async function faultOf(edits: Readonly<Record<string, Edit>>): Promise<unknown> {
  const making = createItem(testGranule('ordinary', edits));
  return making.then(
    () => undefined,
    (error: unknown) => error,
  );
}

export function manifestFault(edit: Edit): Promise<unknown> {
  return faultOf({ 'manifest.safe': edit });
}

/** Returns the first line of the ordinary granule's manifest that contains `text`, counted from 1. */
export function lineOf(text: string): number {
  const all = fixtureText('ordinary', 'manifest.safe');
  return all.slice(0, all.indexOf(text)).split('\n').length;
}
