import { describe, expect, test } from '@jest/globals';
import { itemLinks } from '../../../lambdas/granule/links.js';

function linksOf(rels: readonly (readonly [string, string])[], stacApiUrl?: string) {
  const reasons: unknown[] = [];
  const links = itemLinks(
    rels.map(([rel, href]) => ({ rel, href })),
    { id: 'a', collectionId: 'c', stacApiUrl, warn: (_, fields) => reasons.push(fields?.['rel']) },
  );
  return { links: links.map(({ rel, href }) => [rel, href]), reasons };
}

describe('the links of an Item', () => {
  test("[N39] include the Collection in the STAC API instead of the author's own", () => {
    expect(linksOf([['collection', 'https://x.y/c']], 'https://api/')).toEqual({
      links: [['collection', 'https://api/collections/c']],
      reasons: ['collection'],
    });
  });

  test.each(['collection', 'self', 'parent', 'root'])('[N39] include at most one %s', (rel) => {
    const first = [rel, 'https://x.y/1'] as const;

    expect(linksOf([first, [rel, 'https://x.y/2']])).toEqual({ links: [first], reasons: [rel] });
  });

  test.each(['./a.json', '../c.json', 'a.json', '/a.json', '//x.y/a', '?a'])(
    '[N39] that are relative are left out with a warning: %s',
    (href) => {
      expect(linksOf([['about', href]])).toEqual({ links: [], reasons: ['about'] });
    },
  );

  test('[N39] may include several of any other relation', () => {
    const links = [
      ['derived_from', 's3://b/1'],
      ['derived_from', 'https://x.y/2'],
    ] as const;

    expect(linksOf(links)).toEqual({ links, reasons: [] });
  });
});
