import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { elementFault, readXml, type XmlElement } from '../../../lambdas/xml/xml.js';

const HREF = 's3://bucket/a.xml';

function elements(text: string): XmlElement[] {
  const newHandlers = () => {
    const all: XmlElement[] = [];
    return { all, open: (element: XmlElement) => all.push(element) };
  };
  return readXml({ href: HREF, text }, newHandlers).all;
}

function textOf(text: string, local: string): string | undefined {
  return elements(text).find((element) => element.local === local)?.text;
}

function fault(text: string): unknown {
  try {
    elements(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('readXml tells of elements', () => {
  test('in document order, each with its parent, and of their end', () => {
    const events: string[] = [];
    const path = ({ local, parent }: XmlElement): string =>
      parent === undefined ? local : `${path(parent)}/${local}`;

    readXml({ href: HREF, text: '<a><b/><c>x<d/></c></a>' }, () => ({
      open: (element) => events.push(`+${path(element)}`),
      close: (element) => events.push(`-${path(element)} ${element.text}`),
    }));

    expect(events).toEqual(['+a', '+a/b', '-a/b ', '+a/c', '+a/c/d', '-a/c/d ', '-a/c x', '-a ']);
  });

  test('to handlers that have seen no part of it before, plain at its beginning or not', () => {
    expect(elements('<a><b/>&lt;<c/></a>').map(({ local }) => local)).toEqual(['a', 'b', 'c']);
  });

  test('[G08] by namespace, whatever the prefix, a default namespace within included', () => {
    const text = `<p:a xmlns:p="urn:x"><p:b/><b xmlns="urn:x"><b/></b><q:b xmlns:q="urn:y"/><b/></p:a>`;

    const names = elements(text).map(({ uri, local, name }) => [name, `{${uri}}${local}`]);

    expect(names).toEqual([
      ['p:a', '{urn:x}a'],
      ['p:b', '{urn:x}b'],
      ['b', '{urn:x}b'],
      ['b', '{urn:x}b'],
      ['q:b', '{urn:y}b'],
      ['b', '{}b'],
    ]);
  });

  test('to whom it may concern: either of the two may be left out', () => {
    const closed: string[] = [];

    const close = ({ name }: XmlElement) => closed.push(name);
    readXml({ href: HREF, text: '<a><b/></a>' }, () => ({ close }));
    readXml({ href: HREF, text: '<a><b/></a>' }, () => ({}));

    expect(closed).toEqual(['b', 'a']);
  });

  test('with the attributes of no namespace and the prefixes that they declare', () => {
    const [element] = elements('<a b="1" p:c="2" xmlns:p="urn:x" xmlns="urn:y"/>');

    expect(element?.attribute('b')).toBe('1');
    expect(element?.attribute('c')).toBeUndefined();
    expect({ ...element?.namespaces }).toEqual({ '': 'urn:y', p: 'urn:x' });
  });

  test('[G04] none, one and two of a kind', () => {
    const count = (text: string) => elements(text).filter(({ local }) => local === 'file').length;

    expect(count('<files/>')).toBe(0);
    expect(count('<files><file/></files>')).toBe(1);
    expect(count('<files><file/><file/></files>')).toBe(2);
  });

  test('[G10] named __proto__, constructor and toString, as of any other', () => {
    const text =
      '<__proto__ __proto__="1" constructor="2"><constructor/><toString>x</toString></__proto__>';

    const [root, child, last] = elements(text);

    expect(root?.local).toBe('__proto__');
    expect(root?.attribute('__proto__')).toBe('1');
    expect(root?.attribute('constructor')).toBe('2');
    expect(child?.attribute('constructor')).toBeUndefined();
    expect(last?.text).toBe('x');
    expect({}).not.toHaveProperty('local');
  });

  test('and a prefix named __proto__ is one that must be declared', () => {
    expect(fault('<__proto__:a/>')).toMatchObject({ name: 'GranuleError' });
    expect(elements('<__proto__:a xmlns:__proto__="urn:x"/>')[0]?.uri).toBe('urn:x');
  });
});

describe('the text of an element', () => {
  test.each([
    ['[G01] stays text', '<a>012</a>', '012'],
    ['[G02] that looks like a power stays text', '<a>0E68</a>', '0E68'],
    ['keeps its white space', '<a> 1.10\n</a>', ' 1.10\n'],
    ['has references resolved', '<a>&lt;&#65;&#x42;&amp;</a>', '<AB&'],
    ['has CDATA in it', '<a>1<![CDATA[<2>]]>3</a>', '1<2>3'],
    ['goes round comments', '<a>1<!-- 2 -->3</a>', '13'],
    ['ends at the first child', '<a>1<b>2</b>3</a>', '1'],
    ['has line ends as XML has them', '<a>1\r\n2</a>', '1\n2'],
  ])('%s', (_, text, expected) => {
    expect(textOf(text, 'a')).toBe(expected);
  });

  test('[G05] of 100,000 &amp; is read', () => {
    expect(textOf(`<a>${'&amp;'.repeat(100_000)}</a>`, 'a')).toBe('&'.repeat(100_000));
  });
});

describe('an error points at the place, counted from 1', () => {
  test.each<[string, string, object]>([
    ['another end tag', '<a>\n  <b>\n  </c>\n</a>', { line: 3, column: 6, element: 'b' }],
    ['no end', '<a>\n<b>x', { line: 2, column: 4, element: 'b' }],
    ['no end of the tag', '<a>\n<b c="', { line: 2, column: 6, element: 'a' }],
    ['a bare ampersand', '<a>\n<!-- & --><b>x & y</b></a>', { line: 2, column: 16, element: 'b' }],
    ['one in an attribute', '<a><b c="x & y"/></a>', { line: 1, column: 12, element: 'a' }],
    ['an attribute twice', '<a><b c="1" c="2"/></a>', { line: 1, column: 19, element: 'a' }],
    ['a prefix not declared', '<a>\r\n<p:b/></a>', { line: 2, column: 6, element: 'a' }],
    ['a second root', '<a/><b/>', { line: 1, column: 7 }],
    ['no XML', 'hello', { line: 1, column: 5 }],
    ['nothing', '', { line: 1, column: 1 }],
    ['an entity not declared', '<a>&b;</a>', { line: 1, column: 6, element: 'a' }],
    [
      '[G10] an entity named like a property',
      '<a>&constructor;</a>',
      { line: 1, column: 16, element: 'a' },
    ],
  ])('%s', (_, text, place) => {
    expect(fault(text)).toMatchObject({
      name: 'GranuleError',
      kind: 'permanent',
      fault: { href: HREF, ...place },
    });
  });

  test.each([
    ['<a>\n<b/>x & y</a>', "2:7: <a> is not well-formed XML: holds a bare '&'"],
    ['<a><b></c> & </a>', '1:10: <b> is not well-formed XML: unexpected close tag'],
    [
      '<!-- & --><a><![CDATA[ & ]]><?p & ?>&amp; & y</a>',
      "1:43: <a> is not well-formed XML: holds a bare '&'",
    ],
    ['hello', '1:5: is not well-formed XML: text data outside of root node'],
    ['<p:b/>', '1:6: is not well-formed XML: unbound namespace prefix: "p"'],
    ['<a>&b;</a>', '1:6: <a> is not well-formed XML: undefined entity'],
  ])('of %j it is said that %s', (text, message) => {
    expect(fault(text)).toMatchObject({ message: `${HREF}:${message}` });
  });

  test('within an element that is nested too deep', () => {
    expect(fault('<a>\n'.repeat(300))).toMatchObject({
      message: `${HREF}:257:3: <a> is nested deeper than 256 elements`,
    });
  });

  test('its message names file, line, column and element', () => {
    expect(fault('<a>\n<b>x')).toMatchObject({
      message: `${HREF}:2:4: <b> is not well-formed XML: unclosed tag: b`,
    });
  });

  test('elementFault points at the start tag', () => {
    const document = { href: HREF, text: '<a>\n  <b\n c=">">5</b></a>' };
    const element = elements(document.text).find(({ local }) => local === 'b');
    if (element === undefined) throw new Error('no b');

    expect(elementFault(document, element, 'is odd')).toMatchObject({
      message: `${HREF}:2:3: <b> is odd`,
      fault: { href: HREF, line: 2, column: 3, element: 'b' },
    });
  });
});

describe('a document may not ask for too much', () => {
  test('of depth', () => {
    expect(fault('<a>'.repeat(300))).toMatchObject({
      message: expect.stringContaining('nested deeper than 256 elements'),
    });
    expect(fault('<a>'.repeat(256) + '</a>'.repeat(256))).toBeUndefined();
  });

  test('of characters, plain as they may be', () => {
    const text = '<a/>'.padEnd(64 * 1024 * 1024);

    expect(fault(text)).toBeUndefined();
    expect(fault(`${text} `)).toMatchObject({
      message: `${HREF}:1:1: is larger than 67108864 characters`,
    });
  });

  test('whatever is cut off somewhere, it is a GranuleError and never anything else', () => {
    const text =
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]><a b="c"><!--d--><e>&e;<![CDATA[f]]></e></a>';

    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), (end) => {
        expect(fault(text.slice(0, end))).toMatchObject({ name: 'GranuleError' });
      }),
    );
  });
});
