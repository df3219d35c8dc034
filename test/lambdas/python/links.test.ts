import { expect, test } from '@jest/globals';
import { withoutPlace } from '../../../lambdas/python/links.js';
import type { Item } from '../../../lambdas/stac/stac.js';

const links = (...rels: string[]) => rels.map((rel) => ({ rel, href: `./${rel}.json` }));

test('an Item loses the links to a catalog in memory, and its collection', () => {
  const item = {
    id: 'one',
    collection: 'of-the-package',
    links: links('root', 'license', 'parent', 'self', 'collection', 'derived_from'),
  } as unknown as Item;

  expect(withoutPlace(item)).toEqual({ id: 'one', links: links('license', 'derived_from') });
});

test.each([[undefined], [null], ['text']])(
  'links that are %j are left to the validation',
  (given) => {
    const item = { id: 'one', links: given } as unknown as Item;

    expect(withoutPlace(item)).toEqual({ id: 'one', links: given });
  },
);

test('a link that is not an object is left to the validation', () => {
  const item = { id: 'one', links: [null, 'text'] } as unknown as Item;

  expect(withoutPlace(item).links).toEqual([null, 'text']);
});
