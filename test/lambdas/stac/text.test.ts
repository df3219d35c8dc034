import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Collection } from '../../../lambdas/stac/stac.js';
import { validateCollection } from '../../../lambdas/stac/validate.js';
import { exampleItem } from '../../support/granule.js';
import { faultsOf } from '../../support/stac-faults.js';

function faultsWith(fields: Record<string, unknown>): readonly string[] {
  return faultsOf({ ...exampleItem('a'), collection: 'example', ...fields });
}

describe('an id', () => {
  test.each(['a/b', '/', '..', '.', 'a\nb', 'a\tb', 'a\u007f', 'a\u0085', 'a\u0000', 'a\ud800'])(
    '[N32] is rejected if a URL cannot contain it or the catalogue cannot store it: %j',
    (id) => {
      expect(faultsWith({ id })).toContainEqual(expect.stringMatching(/^id: .*\(given "/));
    },
  );

  test.each(['a?b', 'a#b', 'a%b', 'a%2Fb', 'a b', 'a..b', '...', 'ä', '\u{1f30d}', 'a\\b', "a'b"])(
    '[N32] is valid if URLs can encode it: %j',
    (id) => {
      expect(faultsWith({ id })).toEqual([]);
    },
  );

  test('[N32] is refused, or one segment of a URL from which it can be read again, whatever its characters', () => {
    const character = fc.oneof(
      fc.constantFrom(
        '/',
        '.',
        '?',
        '#',
        '%',
        ' ',
        '%2F',
        '%2e',
        '\\',
        '\0',
        '\n',
        '\ud83d',
        '\ufeff',
      ),
      fc.string({ unit: 'binary', maxLength: 2 }),
    );
    const ids = fc.array(character, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(ids, (id) => {
        fc.pre(id !== '' && faultsWith({ id }).length === 0);
        const { pathname } = new URL(`https://a.b/items/${encodeURIComponent(id)}`);

        expect(pathname.split('/')).toHaveLength(3);
        expect(decodeURIComponent(pathname.slice('/items/'.length))).toBe(id);
      }),
      { numRuns: 500 },
    );
  });

  test('[N32] of a Collection is checked too', () => {
    const collection = { type: 'Collection', id: 'a/b' } as Collection;

    expect(() => {
      validateCollection(collection);
    }).toThrow('id: contains a slash');
  });
});

describe('a text anywhere in an Item', () => {
  test.each([
    ['properties.title', { properties: { datetime: '2024-01-01T00:00:00Z', title: 'a\u0000b' } }],
    ['assets.data.title', { assets: { data: { href: 's3://b/a', title: '\udc00x' } } }],
    ['links.0.title', { links: [{ rel: 'about', href: 'https://a.b', title: 'x\ud83d' }] }],
    [
      'properties.a.0.b',
      { properties: { datetime: '2024-01-01T00:00:00Z', a: [{ b: '\u0000' }] } },
    ],
  ])('[N32] is refused at %s if PostgreSQL cannot store it', (place, fields) => {
    expect(faultsWith(fields)).toContainEqual(expect.stringContaining(`${place}: contains`));
  });

  test.each([
    ['the key of an asset', { assets: { 'a\u0000': { href: 's3://b/a' } } }],
    ['the relation of a link', { links: [{ rel: 'a\u0000', href: 'https://a.b' }] }],
    ['the URL of an extension', { stac_extensions: ['https://a.b/\ud800'] }],
    ['the second half of a pair', { assets: { a: { href: 's3://b/\ud83d\ude00\ude00' } } }],
  ])('[N32] is refused as %s', (_, fields) => {
    expect(faultsWith(fields)).toContainEqual(
      expect.stringMatching(/contains (a NUL character|an unpaired surrogate)/),
    );
  });

  test('[N32] is refused if it is a key, which the error shows escaped', () => {
    const properties = { datetime: '2024-01-01T00:00:00Z', 'a\u0000b': 1 };

    const faults = faultsWith({ properties });

    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/properties\.a\\u0000b.*NUL/);
    expect(faults[0]).not.toContain('\u0000');
  });

  test('[N32] may have line breaks, tabs and characters outside of the basic plane', () => {
    const properties = { datetime: '2024-01-01T00:00:00Z', title: 'a\r\n\tb \u{1f30d}' };

    expect(faultsWith({ properties })).toEqual([]);
  });
});
