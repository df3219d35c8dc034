import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { elementFault, readXml, type XmlElement } from '../../../lambdas/xml/xml.js';

const HREF = 's3://bucket/a.xml';

function elements(text: string): XmlElement[] {
  const all: XmlElement[] = [];
  readXml({ href: HREF, text }, { open: (element) => all.push(element) });
  return all;
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

describe('readXml', () => {
  test('opens and closes elements in document order, each with its parent', () => {
    const events: string[] = [];
    const path = ({ local, parent }: XmlElement): string =>
      parent === undefined ? local : `${path(parent)}/${local}`;

    readXml(
      { href: HREF, text: '<a>1<![CDATA[2]]><b/>3<c>x<d/>y</c>4</a>' },
      {
        open: (element) => events.push(`+${path(element)}`),
        close: (element) => events.push(`-${path(element)} ${element.text}`),
      },
    );

    expect(events).toEqual(['+a', '+a/b', '-a/b ', '+a/c', '+a/c/d', '-a/c/d ', '-a/c x', '-a 12']);
  });

  test('[G08] provides the namespace of an element, whatever its prefix', () => {
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

  test('requires neither of the two handlers', () => {
    const closed: string[] = [];

    readXml({ href: HREF, text: '<a><b/></a>' }, { close: ({ name }) => closed.push(name) });
    readXml({ href: HREF, text: '<a><b/></a>' }, {});

    expect(closed).toEqual(['b', 'a']);
    expect(() => {
      readXml({ href: HREF, text: '<a>' }, {});
    }).toThrow(`${HREF}:1:3: <a> is not well-formed XML: unclosed tag: a`);
  });

  test('rethrows the error of a handler', () => {
    const open = () => {
      throw new Error('enough');
    };

    expect(() => {
      readXml({ href: HREF, text: '<a/>' }, { open });
    }).toThrow('enough');
  });

  test('provides the attributes without a prefix, and the prefixes that an element declares', () => {
    const text = '<p:a b="1" p:c="2" xmlns:p="urn:x" xmlns="urn:y"><d/></p:a>';

    const [root, child] = elements(text);

    expect([root?.local, root?.uri, root?.end]).toEqual(['a', 'urn:x', text.indexOf('>') + 1]);
    expect([root?.attribute('b'), root?.attribute('c')]).toEqual(['1', undefined]);
    expect({ ...root?.namespaces }).toEqual({ '': 'urn:y', p: 'urn:x' });
    expect({ ...child?.namespaces }).toEqual({});
  });

  test('[G04] reads no element, one and two of the same name', () => {
    const count = (text: string) => elements(text).filter(({ local }) => local === 'file').length;

    expect(count('<files/>')).toBe(0);
    expect(count('<files><file/></files>')).toBe(1);
    expect(count('<files><file/><file/></files>')).toBe(2);
  });

  test('[G10] reads names such as __proto__, constructor and toString as any other name', () => {
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

  test('[G10] rejects the prefix __proto__ unless it is declared', () => {
    expect(fault('<__proto__:a/>')).toMatchObject({ name: 'GranuleError' });
    expect(elements('<__proto__:a xmlns:__proto__="urn:x"/>')[0]?.uri).toBe('urn:x');
  });
});

describe('the text of an element', () => {
  test.each([
    ['[G01] stays text', '<a>012</a>', '012'],
    ['[G02] that looks like a power stays text', '<a>0E68</a>', '0E68'],
    ['keeps its white space', '<a> 1.10\n</a>', ' 1.10\n'],
    ['has its references resolved', '<a>&lt;&#65;&#x42;&amp;</a>', '<AB&'],
    ['includes CDATA', '<a>1<![CDATA[<2>]]>3</a>', '1<2>3'],
    ['leaves comments out', '<a>1<!-- 2 -->3</a>', '13'],
    ['ends at the first child', '<a>1<b>2</b>3</a>', '1'],
    ['has normalized line ends', '<a>1\r\n2</a>', '1\n2'],
  ])('%s', (_, text, expected) => {
    expect(textOf(text, 'a')).toBe(expected);
  });

  test('[G05] may have 100,000 references', () => {
    expect(textOf(`<a>${'&amp;'.repeat(100_000)}</a>`, 'a')).toBe('&'.repeat(100_000));
  });
});

describe('an error has the line and the column, counted from 1', () => {
  test.each<[string, string, object]>([
    ['a wrong end tag', '<a>\n  <b>\n  </c>\n</a>', { line: 3, column: 6, element: 'b' }],
    ['no end tag', '<a>\n<b>x', { line: 2, column: 4, element: 'b' }],
    ['a start tag without its end', '<a>\n<b c="', { line: 2, column: 6, element: 'a' }],
    ['a bare ampersand', '<a>\n<!-- & --><b>x & y</b></a>', { line: 2, column: 16, element: 'b' }],
    [
      'a bare ampersand in an attribute',
      '<a><b c="x & y"/></a>',
      { line: 1, column: 12, element: 'a' },
    ],
    ['the same attribute twice', '<a><b c="1" c="2"/></a>', { line: 1, column: 19, element: 'a' }],
    ['an undeclared prefix', '<a>\r\n<p:b/></a>', { line: 2, column: 6, element: 'a' }],
    ['a second root', '<a/><b/>', { line: 1, column: 7 }],
    ['no element', 'hello', { line: 1, column: 5 }],
    ['no text', '', { line: 1, column: 1 }],
    ['an undeclared entity', '<a>&b;</a>', { line: 1, column: 6, element: 'a' }],
    [
      '[G10] an entity with the name of a property of every object',
      '<a>&constructor;</a>',
      { line: 1, column: 16, element: 'a' },
    ],
  ])('for %s', (_, text, place) => {
    expect(fault(text)).toMatchObject({
      name: 'GranuleError',
      kind: 'permanent',
      fault: { href: HREF, ...place },
    });
  });

  test.each([
    [
      '<a>\n<b/>x & y</a>',
      "2:7: <a> is not well-formed XML: contains a bare '&' (write it as &amp;)",
    ],
    ['<a><b></c> & </a>', '1:10: <b> is not well-formed XML: unexpected close tag'],
    [
      '<!-- & --><a><![CDATA[ & ]]><?p & ?>&amp; & y</a>',
      "1:43: <a> is not well-formed XML: contains a bare '&' (write it as &amp;)",
    ],
    [
      'hello',
      '1:5: is not well-formed XML: text data outside of root node; the file is not XML (it starts with "hello")',
    ],
    ['<p:b/>', '1:6: is not well-formed XML: unbound namespace prefix: "p"'],
    ['<a>&b;</a>', '1:6: <a> is not well-formed XML: undefined entity'],
  ])('%j: %s', (text, message) => {
    expect(fault(text)).toMatchObject({ message: `${HREF}:${message}` });
  });

  test('for an element that is nested too deep', () => {
    expect(fault('<a>\n'.repeat(300))).toMatchObject({
      message: `${HREF}:257:3: <a> is nested deeper than 256 elements`,
    });
  });

  test('and its message has the href, line, column and element', () => {
    expect(fault('<a>\n<b>x')).toMatchObject({
      message: `${HREF}:2:4: <b> is not well-formed XML: unclosed tag: b`,
    });
  });

  test('and elementFault points at the start tag', () => {
    const document = { href: HREF, text: '<a>\n  <b\n c=">">5</b></a>' };
    const element = elements(document.text).find(({ local }) => local === 'b');
    if (element === undefined) throw new Error('no b');

    expect(elementFault(document, element, 'is odd')).toMatchObject({
      message: `${HREF}:2:3: <b> is odd`,
      fault: { href: HREF, line: 2, column: 3, element: 'b' },
    });
  });
});

describe('a document must not', () => {
  test('be nested too deep', () => {
    expect(fault('<a>'.repeat(300))).toMatchObject({
      message: expect.stringContaining('nested deeper than 256 elements'),
    });
    expect(fault('<a>'.repeat(256) + '</a>'.repeat(256))).toBeUndefined();
  });

  test('have too many characters', () => {
    const text = '<a/>'.padEnd(64 * 1024 * 1024);

    expect(fault(text)).toBeUndefined();
    expect(fault(`${text} `)).toMatchObject({
      message: `${HREF}:1:1: is larger than 67108864 characters`,
    });
  });

  test('be truncated at any point', () => {
    const text =
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]><a b="c"><!--d--><e>&e;<![CDATA[f]]></e></a>';

    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), (end) => {
        expect(fault(text.slice(0, end))).toMatchObject({ name: 'GranuleError' });
      }),
    );
  });
});
