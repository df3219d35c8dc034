import { describe, expect, test } from '@jest/globals';
import { parseYaml } from '../../../../modules/config/yaml/document.js';
import type { YamlProblem } from '../../../../modules/config/yaml/syntax.js';

const parse = (text: string) => parseYaml(Buffer.from(text));

function linesOf(problems: readonly YamlProblem[]): readonly string[] {
  return problems.map(
    ({ line, column, field, message }) => `${line}:${column} ${field}: ${message}`,
  );
}

describe('a readable document', () => {
  test('has the position and the source of each value and key', () => {
    const { document, problems } = parse(
      '# a comment\na: 0123\nb:\n  - x\n  - "y z"\nc: { d:   no }\n',
    );

    expect(problems).toEqual([]);
    expect(document?.value).toEqual({ a: 123, b: ['x', 'y z'], c: { d: 'no' } });
    expect(document?.positionOf(['b', 1])).toEqual({ line: 5, column: 5 });
    expect(document?.positionOf(['c', 'd'])).toEqual({ line: 6, column: 11 });
    expect(document?.keyPositionOf(['c', 'd'])).toEqual({ line: 6, column: 6 });
    expect(document?.sourceOf(['a'])).toBe('0123');
    expect(document?.sourceOf(['b', 1])).toBe('y z');
    expect([
      document?.positionOf(['z']),
      document?.keyPositionOf(['z']),
      document?.sourceOf(['b']),
    ]).toEqual([undefined, undefined, undefined]);
  });

  test('may start with a byte order mark and have Windows line ends', () => {
    const { document, problems } = parse('\uFEFFa: 1\r\nb: 2\r\n');

    expect(problems).toEqual([]);
    expect(document?.value).toEqual({ a: 1, b: 2 });
    expect(document?.positionOf(['b'])).toEqual({ line: 2, column: 4 });
  });

  test('may contain the replacement character itself', () => {
    expect(parse('a: \uFFFD').document?.value).toEqual({ a: '\uFFFD' });
  });
});

describe('keys', () => {
  test('[H07] a duplicate is reported at its second position', () => {
    const { document, problems } = parse('a: 1\nb: 2\na: 3\nc: { d: 1, d: 2 }\n');

    expect(linesOf(problems)).toEqual([
      '3:1 a: is given twice: keep one of them',
      '4:12 c.d: is given twice: keep one of them',
    ]);
    expect(document?.value).toEqual({ a: 1, b: 2, c: { d: 1 } });
  });

  test.each(['__proto__', 'constructor', 'prototype'])(
    '[H16] %s is refused at any depth, and no prototype is touched',
    (key) => {
      const { document, problems } = parse(`a: { ${key}: { evil: yes } }\n${key}: { evil: yes }\n`);

      expect(linesOf(problems)).toEqual([
        `2:1 ${key}: is not allowed as a key`,
        `1:6 a.${key}: is not allowed as a key`,
      ]);
      expect(document?.value).toEqual({ a: {} });
      expect({}).not.toHaveProperty('evil');
    },
  );

  test('[H17] a merge key is refused', () => {
    expect(linesOf(parse('a: 1\n<<: { b: 2 }\n').problems)).toEqual([
      '2:1 <<: is a merge key; merge keys are not supported: repeat the values',
    ]);
  });

  test('a key that is not text is refused', () => {
    expect(linesOf(parse('1: a\n? [b]\n: c\nd: [{ 2: e }]\n').problems)).toEqual([
      '1:1 1: is a key that is not text: put it in quotes',
      '2:3 ?: is a key that is not text: put it in quotes',
      '4:7 d.0.2: is a key that is not text: put it in quotes',
    ]);
  });
});

describe('an unreadable document', () => {
  test.each([
    ['an empty file', '', '1:1 : is empty: add the keys of the pipeline, starting with id'],
    ['comments only', '# a\n', '1:1 : is empty: add the keys of the pipeline, starting with id'],
    ['a list', '- a\n', '1:1 : must be lines of "key: value", not a list'],
    ['a word', 'sentinel1\n', '1:1 : must be lines of "key: value", not a single value'],
    ['a tab', 'a:\n\tb: 1\n', '2:1 b: starts with a tab; YAML allows only spaces: use two spaces'],
    [
      '": " in a value',
      'b: 1\na: x: y\n',
      '2:4 a: contains ": " in its value, or has the wrong indentation: put the value in quotes',
    ],
    [
      'no space after the colon',
      'a:1\nb: 2\n',
      '1:1 a: is not "key: value": add a colon and a space after the key',
    ],
    ['two documents', 'a: 1\n---\nb: 2\n', '2:1 : starts a second document: remove this --- line'],
    [
      'a reserved character',
      'a: @b\n',
      '1:4 a: has a value that starts with a character reserved by YAML: put the value in quotes',
    ],
    [
      'a tag',
      'a: !!js/function x\n',
      '1:4 a: has a tag (!...); tags are not supported: use a plain value',
    ],
    ['an open quote', 'a: "x\nb: 2\n', '3:1 : is not valid YAML: Missing closing "quote'],
    [
      'an alias',
      'a: &x 1\nb: *x\n',
      '2:4 : uses the alias *x; aliases are not supported: repeat the value',
    ],
    [
      'a circle',
      'a: &x [*x]\n',
      '1:8 : uses the alias *x; aliases are not supported: repeat the value',
    ],
  ])('[H08] %s is reported in one line that says what to change', (_, text, line) => {
    const { document, problems } = parse(text);

    expect(document).toBeUndefined();
    expect(linesOf(problems)).toEqual([line]);
  });

  test('[H08] an alias bomb is reported in one line, and never expanded', () => {
    const level = (_: unknown, depth: number) =>
      `a${depth + 1}: &a${depth + 1} [${`*a${depth},`.repeat(9)}]\n`;
    const bomb = `a0: &a0 [x]\n${Array.from({ length: 10 }, level).join('')}`;

    expect(linesOf(parse(bomb).problems)).toEqual([
      '2:10 : uses the alias *a0; aliases are not supported: repeat the value',
    ]);
  });

  test.each([
    ['Latin-1', Buffer.from('a: 1\nb: caf\xE9\n', 'latin1'), 2],
    ['UTF-16', Buffer.from('\uFEFFa: 1\n', 'utf16le'), 1],
    ['UTF-16 without a mark', Buffer.from('a: 1\n', 'utf16le'), 1],
  ])('%s is refused with the line of the first bad byte', (_, bytes, line) => {
    expect(linesOf(parseYaml(bytes).problems)).toEqual([
      `${line}:1 : contains bytes that are not UTF-8 text: save the file as UTF-8`,
    ]);
  });

  test('a huge file is refused before it is parsed', () => {
    expect(linesOf(parse(`a: ${'x'.repeat(70_000)}`).problems)).toEqual([
      '1:1 : is too large: a config may have at most 65536 bytes',
    ]);
  });

  test.each([
    ['brackets', `a: ${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['braces', `a: ${'{a: '.repeat(10_000)}`],
    ['dashes', `a:\n  ${'- '.repeat(30_000)}`],
    ['question marks', '? '.repeat(30_000)],
  ])('%s nested thousands of levels deep are refused before they are parsed', (_, text) => {
    expect(linesOf(parse(text).problems)).toEqual([
      '1:1 : is nested too deeply: a config is a flat list of keys',
    ]);
  });
});
