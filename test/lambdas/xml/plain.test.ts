import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFullXml } from '../../../lambdas/xml/full.js';
import { readPlainXml } from '../../../lambdas/xml/plain.js';
import type { XmlElement, XmlHandlers } from '../../../lambdas/xml/element.js';

const ATTRIBUTES = ['a', 'b', 'p:a'];

/** Writes down all that elements tell. */
class Recorder implements XmlHandlers {
  readonly events: unknown[] = [];

  open(element: XmlElement): void {
    const { name, local, uri, namespaces, end, parent } = element;
    const values = ATTRIBUTES.map((attribute) => element.attribute(attribute));
    const own = { ...namespaces };
    this.events.push({ name, local, uri, own, end, values, parent: parent?.name });
  }

  close({ name, text }: XmlElement): void {
    this.events.push({ name, text });
  }
}

function isPlain(text: string): boolean {
  return readPlainXml(text, {});
}

/** What is taken for plain is read as the parser for all of XML reads it: never more, and never otherwise. */
function expectSame(text: string): void {
  const [plain, full] = [new Recorder(), new Recorder()];
  if (!readPlainXml(text, plain)) return;
  readFullXml({ href: 'a.xml', text }, full);
  expect(plain.events).toEqual(full.events);
}

const DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?>
<!-- x - y -->
<p:a xmlns:p="urn:p" xmlns:q=" urn:q " xmlns="urn:d" a="1" p:a="2" xml:lang="en">
  <b a="x > y" b=""/><q:c>1 é 2</q:c >
  <d xmlns=""><p:e  a="/"
   b=""></p:e></d>tail
</p:a>
`;

const PIECES = [
  ...['<a>', '</a>', '<a/>', '<p:a>', '</p:a>', '<a', '<p:a', '>', '/>', '</a ', '<', '</'],
  ...[' a="1"', ' b="2"', ' p:a="3"', ' q:a="4"', ' a="', '" ', `a='1'`, ' a = "1"', ' a="\n"'],
  ...[' xmlns="urn:d"', ' xmlns=""', ' xmlns:p="urn:p"', ' xmlns:q="urn:p"', ' xmlns:p=""'],
  ...[' xmlns:xml="urn:x"', ' xmlns:xmlns="urn:x"', ' xmlns="http://www.w3.org/2000/xmlns/"'],
  ...[' xmlns:p="http://www.w3.org/XML/1998/namespace"', ' xml:a="5"', ' xmlns_="6"', ':', '='],
  ...['x', ' ', '\n', '\t', '\r', '&amp;', '&', '&#65;', ']]>', ']', '\0', '\u0085', '\u00a0'],
  ...['é', '\u2028', '\ud83d\ude00', '\ud800', '\ufeff', '\uffff', '<!-- -->', '<![CDATA[x]]>'],
  ...[
    '<!--',
    '-->',
    '<?xml version="1.0"?>',
    '<?xml version="1.1"?>',
    '<?b?>',
    '<!DOCTYPE a>',
    '1',
    '-',
    '.',
  ],
];

describe('what is taken for plain XML is read as the parser reads it', () => {
  test('of any pieces of XML in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), (pieces) => {
        expectSame(pieces.join(''));
        expectSame(`${pieces.join('')}<a/>`);
        expectSame(`<a xmlns:p="urn:p" xmlns:q="urn:p">${pieces.join('')}</a>`);
        expectSame(`<p:a xmlns:p="urn:p"${pieces.join('')}></p:a>`);
      }),
      { numRuns: 3000 },
    );
  });

  test('of a document of which something is replaced', () => {
    const place = fc.nat(DOCUMENT.length);
    const edit = fc.record({ place, length: fc.nat(3), piece: fc.constantFrom('', ...PIECES) });

    fc.assert(
      fc.property(edit, ({ place: at, length, piece }) => {
        expectSame(DOCUMENT.slice(0, at) + piece + DOCUMENT.slice(at + length));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('plain XML', () => {
  test.each([
    ['a document with namespaces', DOCUMENT],
    ['no declaration of XML', '<a/>'],
    ['comments before the root', '<!----><!-- b & <c> -->\n<a/>'],
    ['a default namespace that is taken back', '<a xmlns="urn:d"><b xmlns=""/></a>'],
    ['a prefix that is declared behind its use', '<p:a p:b="1" xmlns:p="urn:p"/>'],
    ['letters beyond ASCII, names aside', '<a b="\u00e9">\u65e5\u672c</a>'],
    ['64 attributes', `<a${attributes(64)}/>`],
    ['256 levels', '<a>'.repeat(256) + '</a>'.repeat(256)],
  ])('is %s', (_, text) => {
    const recorder = new Recorder();

    expect(readPlainXml(text, recorder)).toBe(true);

    expect(recorder.events).not.toEqual([]);
    expectSame(text);
  });

  test.each([
    ['nothing', ''],
    ['a reference', '<a>&amp;</a>'],
    ['a reference in a value', '<a b="&amp;"/>'],
    ['a comment', '<a><!-- --></a>'],
    ['CDATA', '<a><![CDATA[b]]></a>'],
    ['an instruction', '<a><?b c?></a>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['XML 1.1', '<?xml version="1.1"?><a/>'],
    ['a carriage return', '<a>\r\n</a>'],
    ['a line end in a value', '<a b="\n"/>'],
    ['single quotes', `<a b='c'/>`],
    ['a name beyond ASCII', '<\u00e9/>'],
    ['a surrogate', '<a>\ud83d\ude00</a>'],
    ['one local name of two prefixes', '<a xmlns:p="urn:p" xmlns:q="urn:q" p:b="" q:b=""/>'],
    ['65 attributes', `<a${attributes(65)}/>`],
    ['more than 64 prefixes', `<a${declared(40, 'p')}><b${declared(40, 'q')}/></a>`],
  ])('is not %s, which the parser is to read', (_, text) => {
    expect(isPlain(text)).toBe(false);
  });

  test.each([
    ['an end tag of another name', '<a></b>'],
    ['an end tag without its beginning', '<a>&/a>'],
    ['an end tag of a longer name', '<a></ab>'],
    ['an end tag with an attribute', '<a></a b="c">'],
    ['an end tag that is empty', '<a></a/>'],
    ['no end', '<a><b></b>'],
    ['a second root', '<a/><b/>'],
    ['text behind the root', '<a/>x'],
    ['a space behind the root that XML does not know', '<a/>\u00a0'],
    ['text before the root', 'x<a/>'],
    ['a comment with two hyphens', '<!-- -- --><a/>'],
    ['a comment with three at its end', '<!-- ---><a/>'],
    ['a comment with a character that XML forbids', '<!-- \u0001 --><a/>'],
    [']]> in a text', '<a>]]></a>'],
    ['a character that XML forbids', '<a>\u0001</a>'],
    ['one in a value', '<a b="\u0001"/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['one twice by two prefixes', '<a xmlns:p="urn:p" xmlns:q="urn:p" p:b="" q:b=""/>'],
    ['a declaration twice', '<a xmlns:p="urn:p" xmlns:p="urn:p"/>'],
    ['a prefix not declared', '<p:a/>'],
    ['a prefix of an attribute not declared', '<a p:b=""/>'],
    ['a prefix out of its element', '<a><b xmlns:p="urn:p"/><p:b/></a>'],
    ['a prefix taken back', '<a xmlns:p=""/>'],
    ['the prefix xmlns', '<xmlns:a/>'],
    ['the prefix xmlns declared', '<a xmlns:xmlns="urn:p"/>'],
    ['the namespace of XML as the default', '<a xmlns="http://www.w3.org/XML/1998/namespace"/>'],
    ['no space between attributes', '<a b="c"d="e"/>'],
    ['two colons', '<a:b:c xmlns:a="urn:a"/>'],
    ['257 levels', '<a>'.repeat(257) + '</a>'.repeat(257)],
  ])('is not %s, which the parser is to refuse', (_, text) => {
    expect(isPlain(text)).toBe(false);
    expect(() => {
      readFullXml({ href: 'a.xml', text }, {});
    }).toThrow('a.xml:1:');
  });

  test.each([
    ['100,000 attributes', `<a${attributes(100_000)}/>`],
    ['a tag of 8 MB that never ends', `<a${' b="c"'.repeat(1_400_000)}`],
    ['a text of 8 MB', `<a>${'x'.repeat(8_000_000)}</a>`],
    ['a name of 8 MB', `<${'x'.repeat(8_000_000)}`],
    ['8 MB of space', `<a${' '.repeat(8_000_000)}<`],
    ['a comment of 8 MB', `<!--${'x'.repeat(8_000_000)}--><a/>`],
    ['a million comments', '<!-- -->'.repeat(1_000_000)],
    ['100,000 elements that declare', `<a>${'<b xmlns:p="urn:p"/>'.repeat(100_000)}</a>`],
  ])('takes no time that grows out of bounds: %s', (_, text) => {
    const started = performance.now();

    isPlain(text);

    expect(performance.now() - started).toBeLessThan(3000);
  });
});

function attributes(count: number): string {
  return Array.from({ length: count }, (_, n) => ` a${n}=""`).join('');
}

function declared(count: number, prefix: string): string {
  return Array.from({ length: count }, (_, n) => ` xmlns:${prefix}${n}="urn:x"`).join('');
}
