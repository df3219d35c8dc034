import { describe, expect, test } from '@jest/globals';
import { readXml } from '../../../lambdas/xml/xml.js';

function rootText(doctype: string, content: string): string {
  let text = '';
  const document = { href: 'a.xml', text: `<!DOCTYPE a [${doctype}]><a>${content}</a>` };
  readXml(document, { close: (element) => (text = element.text) });
  return text;
}

describe('entities that a document declares', () => {
  test.each([
    ['are replaced by their text', '<!ENTITY b "c">', '&b;&b;', 'cc'],
    [
      'may refer to other entities and characters',
      `<!ENTITY b "x&c;&#33;&lt;"><!ENTITY c '1'>`,
      '&b;',
      'x1!<',
    ],
    ['are bound by the first declaration', '<!ENTITY b "1"><!ENTITY b "2">', '&b;', '1'],
    ['are not declared by a comment', '<!-- <!ENTITY b "1"> --><!ENTITY b "2">', '&b;', '2'],
    ['may refer to characters by number', '<!ENTITY b "&#x41;&#66;&#x1F600;">', '&b;', 'AB😀'],
    ['may be empty', `<!ENTITY b ""><!ENTITY c ''>`, 'x&b;&c;y', 'xy'],
    [
      'leave the number of a code point that does not exist as it is',
      '<!ENTITY b "&#x110000;">',
      '&b;',
      '&#x110000;',
    ],
    ['accept the last code point of Unicode', '<!ENTITY b "&#x10FFFF;">', '&b;', '\u{10FFFF}'],
    [
      'may refer to the predefined entities',
      `<!ENTITY b '&lt;&gt;&amp;&quot;&apos;'>`,
      '&b;',
      `<>&"'`,
    ],
    ['may have spaces around them', '<!ENTITY  \n b \t "c"\n >', '&b;', 'c'],
    ['cannot redefine a predefined entity', '<!ENTITY amp "x">', '&amp;', '&'],
    [
      'may have any name',
      '<!ENTITY __proto__ "1"><!ENTITY constructor "2">',
      '&__proto__;&constructor;',
      '12',
    ],
  ])('%s', (_, ...[doctype, content, expected]) => {
    expect(rootText(doctype, content)).toBe(expected);
  });

  test.each([
    [
      'are not loaded from another file',
      '<!ENTITY b SYSTEM "file:///etc/passwd">',
      '&b;',
      'undefined entity',
    ],
    [
      'must be declared, also within another entity',
      '<!ENTITY b "&c;">',
      '&b;',
      "'&c;', which is not declared",
    ],
    [
      'must not contain themselves',
      '<!ENTITY b "&c;"><!ENTITY c "&b;">',
      '&b;',
      'expansion is too large',
    ],
    ['must not contain markup', '<!ENTITY b "<c/>">', '&b;', 'contains markup'],
  ])('%s', (_, ...[doctype, content, problem]) => {
    expect(() => rootText(doctype, content)).toThrow(problem);
  });
});

describe('[G05] the expansion of entities is bounded', () => {
  function levels(leaf: string): string {
    const nested = Array.from(
      { length: 15 },
      (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`,
    );
    return `<!ENTITY e0 "${leaf}">${nested.join('')}`;
  }

  test.each([
    ['for nested entities', levels('lol'), '&e15;'],
    ['for nested empty entities', levels(''), '&e15;'],
    [
      'for one long entity that is used often',
      `<!ENTITY b "${'x'.repeat(10_000)}">`,
      '&b;'.repeat(10_000),
    ],
  ])('%s', (_, doctype, content) => {
    const started = performance.now();

    expect(() => rootText(doctype, content)).toThrow('expansion is too large');

    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('to 64 Ki characters, one more for each reference', () => {
    const declaring = (length: number) => `<!ENTITY b "${'x'.repeat(length)}">`;

    expect(rootText(declaring(65_535), '&b;')).toHaveLength(65_535);
    expect(() => rootText(declaring(65_536), '&b;')).toThrow('expansion is too large');
  });

  test('to 16 levels of nesting', () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, n) => `<!ENTITY e${n} "&e${n + 1};">`).join('') +
      `<!ENTITY e${length} "x">`;

    expect(rootText(chain(16), '&e0;')).toBe('x');
    expect(() => rootText(chain(17), '&e0;')).toThrow("'&e17;', whose expansion is too large");
  });

  test('and only entities that are used are expanded', () => {
    expect(rootText(levels('lol'), 'ok')).toBe('ok');
  });
});
