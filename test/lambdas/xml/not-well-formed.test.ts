import { describe, expect, test } from '@jest/globals';
import { readXml } from '../../../lambdas/xml/xml.js';

const HREF = 's3://bucket/a.xml';

function read(text: string): void {
  readXml({ href: HREF, text }, {});
}

describe('a document is rejected if it has', () => {
  test.each([
    ['an end tag with another name', '<a></b>'],
    ['an end tag with a longer name', '<a></ab>'],
    ['an end tag that has lost its <', '<a>&/a>'],
    ['an end tag with an attribute', '<a></a b="c">'],
    ['an end tag that is also an empty tag', '<a></a/>'],
    ['no end tag', '<a><b></b>'],
    ['a second root element', '<a/><b/>'],
    ['text after the root element', '<a/>x'],
    ['a space after the root element that XML does not allow', '<a/>\u00a0'],
    ['text before the root element', 'x<a/>'],
    ['a comment with two hyphens', '<!-- -- --><a/>'],
    ['a comment with three hyphens at its end', '<!-- ---><a/>'],
    ['a character in a comment that XML forbids', '<!-- \u0001 --><a/>'],
    ['a character in a text that XML forbids', '<a>\u0001</a>'],
    ['a character in a value that XML forbids', '<a b="\u0001"/>'],
    [']]> in a text', '<a>]]></a>'],
    ['the same attribute twice', '<a b="1" b="2"/>'],
    [
      'the same attribute twice, with two prefixes',
      '<a xmlns:p="urn:p" xmlns:q="urn:p" p:b="" q:b=""/>',
    ],
    ['the same declaration twice', '<a xmlns:p="urn:p" xmlns:p="urn:p"/>'],
    ['an undeclared prefix', '<p:a/>'],
    ['an attribute with an undeclared prefix', '<a p:b=""/>'],
    ['a prefix outside of the element that declares it', '<a><b xmlns:p="urn:p"/><p:b/></a>'],
    ['a prefix without a namespace', '<a xmlns:p=""/>'],
    ['an element with the prefix xmlns', '<xmlns:a/>'],
    ['a declaration of the prefix xmlns', '<a xmlns:xmlns="urn:p"/>'],
    ["XML's own namespace as the default", '<a xmlns="http://www.w3.org/XML/1998/namespace"/>'],
    ['no space between two attributes', '<a b="c"d="e"/>'],
    ['two colons in a name', '<a:b:c xmlns:a="urn:a"/>'],
    ['257 levels', '<a>'.repeat(257) + '</a>'.repeat(257)],
  ])('%s', (_, text) => {
    expect(() => {
      read(text);
    }).toThrow(`${HREF}:1:`);
  });
});

describe('a document takes less than 3 seconds to read if it has', () => {
  test.each([
    ['100,000 attributes', `<a${attributes(100_000)}/>`],
    ['a text of 1 MB', `<a>${'x'.repeat(1_000_000)}</a>`],
    ['a comment of 1 MB', `<!--${'x'.repeat(1_000_000)}--><a/>`],
    ['100,000 comments', `${'<!-- -->'.repeat(100_000)}<a/>`],
    ['100,000 elements that declare a prefix', `<a>${'<b xmlns:p="urn:p"/>'.repeat(100_000)}</a>`],
  ])('%s', (_, text) => {
    const started = performance.now();

    read(text);

    expect(performance.now() - started).toBeLessThan(3000);
  });

  test.each([
    ['a tag of 1 MB without its end', `<a${attributes(140_000)}`],
    ['a name of 1 MB', `<${'x'.repeat(1_000_000)}`],
    ['1 MB of spaces in a tag', `<a${' '.repeat(1_000_000)}<`],
  ])('%s, and is then rejected', (_, text) => {
    const started = performance.now();

    expect(() => {
      read(text);
    }).toThrow('is not well-formed XML');

    expect(performance.now() - started).toBeLessThan(3000);
  });
});

function attributes(count: number): string {
  return Array.from({ length: count }, (_, n) => ` a${n}=""`).join('');
}
