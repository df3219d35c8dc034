import { describe, expect, test } from '@jest/globals';
import { readXml } from '../../../lambdas/xml/xml.js';

function rootText(doctype: string, content: string): string {
  let text = '';
  const document = { href: 'a.xml', text: `<!DOCTYPE a [${doctype}]><a>${content}</a>` };
  readXml(document, () => ({ close: (element) => (text = element.text) }));
  return text;
}

describe('entities that a document declares', () => {
  test.each([
    ['become their text', '<!ENTITY b "c">', '&b;&b;', 'cc'],
    ['hold others and references', `<!ENTITY b "x&c;&#33;&lt;"><!ENTITY c '1'>`, '&b;', 'x1!<'],
    ['are those of the first declaration', '<!ENTITY b "1"><!ENTITY b "2">', '&b;', '1'],
    ['are not those in comments', '<!-- <!ENTITY b "1"> --><!ENTITY b "2">', '&b;', '2'],
    ['hold characters by their number', '<!ENTITY b "&#x41;&#66;&#x1F600;">', '&b;', 'AB😀'],
    ['may be empty', `<!ENTITY b ""><!ENTITY c ''>`, 'x&b;&c;y', 'xy'],
    ['keep a number that is no character', '<!ENTITY b "&#x110000;">', '&b;', '&#x110000;'],
    ['keep the last character that there is', '<!ENTITY b "&#x10FFFF;">', '&b;', '\u{10FFFF}'],
    ['hold the predefined', `<!ENTITY b '&lt;&gt;&amp;&quot;&apos;'>`, '&b;', `<>&"'`],
    ['may stand among blanks', '<!ENTITY  \n b \t "c"\n >', '&b;', 'c'],
    ['leave the predefined alone', '<!ENTITY amp "x">', '&amp;', '&'],
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
      'are not read from elsewhere',
      '<!ENTITY b SYSTEM "file:///etc/passwd">',
      '&b;',
      'undefined entity',
    ],
    ['must be declared, nested too', '<!ENTITY b "&c;">', '&b;', "'&c;', which is not declared"],
    ['may not hold themselves', '<!ENTITY b "&c;"><!ENTITY c "&b;">', '&b;', 'becomes too large'],
    ['may not hold markup', '<!ENTITY b "<c/>">', '&b;', 'holds markup'],
  ])('%s', (_, ...[doctype, content, problem]) => {
    expect(() => rootText(doctype, content)).toThrow(problem);
  });
});

describe('[G05] growth is bounded', () => {
  function levels(leaf: string): string {
    const nested = Array.from(
      { length: 15 },
      (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`,
    );
    return `<!ENTITY e0 "${leaf}">${nested.join('')}`;
  }

  test.each([
    ['of a tower of entities', levels('lol'), '&e15;'],
    ['of a tower of empty ones', levels(''), '&e15;'],
    ['of one long entity used often', `<!ENTITY b "${'x'.repeat(10_000)}">`, '&b;'.repeat(10_000)],
  ])('%s', (_, doctype, content) => {
    const started = performance.now();

    expect(() => rootText(doctype, content)).toThrow('becomes too large');

    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('to 64 KiB, the reference counted', () => {
    const declaring = (length: number) => `<!ENTITY b "${'x'.repeat(length)}">`;

    expect(rootText(declaring(65_535), '&b;')).toHaveLength(65_535);
    expect(() => rootText(declaring(65_536), '&b;')).toThrow('becomes too large');
  });

  test('to sixteen entities within each other', () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, n) => `<!ENTITY e${n} "&e${n + 1};">`).join('') +
      `<!ENTITY e${length} "x">`;

    expect(rootText(chain(16), '&e0;')).toBe('x');
    expect(() => rootText(chain(17), '&e0;')).toThrow("'&e17;', which becomes too large");
  });

  test('a bomb that nobody sets off harms nobody', () => {
    expect(rootText(levels('lol'), 'ok')).toBe('ok');
  });
});
