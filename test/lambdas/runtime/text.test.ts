import { describe, expect, test } from '@jest/globals';
import { decodeText, excerpt, withoutTrailingSlashes } from '../../../lambdas/runtime/text.js';

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

describe('decodeText detects the encoding', () => {
  test.each<[string, Uint8Array, string]>([
    ['UTF-8 without a mark', Buffer.from('é 日'), 'é 日'],
    ['[G07] a UTF-8 mark, which is removed', Buffer.from('\ufeff<a>é</a>'), '<a>é</a>'],
    [
      '[G07] UTF-16 little-endian from its mark',
      Buffer.from('\ufeff<a>é</a>', 'utf16le'),
      '<a>é</a>',
    ],
    ['[G07] UTF-16 big-endian from its mark', utf16be('\ufeff<a>é</a>'), '<a>é</a>'],
    ['UTF-16 little-endian without a mark', Buffer.from('<a>é</a>', 'utf16le'), '<a>é</a>'],
    ['UTF-16 big-endian without a mark', utf16be('<a>é</a>'), '<a>é</a>'],
    ['no bytes', new Uint8Array(), ''],
    ['UTF-8 that starts with a NUL', Buffer.from('\0a'), '\0a'],
    ['UTF-8 with a NUL as the second character', Buffer.from('a\0'), 'a\0'],
    ["UTF-8 with a '<' as the second character", Buffer.from('a<b>'), 'a<b>'],
    ["UTF-8 with a '<' as the first character", Buffer.from('<b/>'), '<b/>'],
  ])('%s', (_, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });

  test('from the XML declaration', () => {
    const text = `<?xml version='1.0' encoding = 'ISO-8859-1' ?><a>é</a>`;

    expect(decodeText(Buffer.from(text, 'latin1'))).toBe(text);
  });

  test.each([
    ['zip', Buffer.from('PK\x03\x04 and so on')],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0])],
    ['tar', Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\0')])],
  ])('[N28] but refuses a %s file with the advice to unpack it', (format, bytes) => {
    expect(() => decodeText(bytes)).toThrow(
      new TypeError(`the bytes are a ${format} file, not text: unpack it`),
    );
  });

  test('only from a declaration within the first 200 bytes', () => {
    const declaration = '<?xml version="1.0" encoding="ISO-8859-1"?>';
    const late = `<?xml version="1.0"${' '.repeat(180)} encoding="ISO-8859-1"?><a>é</a>`;

    expect(decodeText(Buffer.from(` ${declaration}<a>é</a>`))).toBe(` ${declaration}<a>é</a>`);
    expect(decodeText(Buffer.from(late))).toBe(late);
  });

  test('and the mark overrides the declaration', () => {
    const text = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>';

    expect(decodeText(Buffer.from(`\ufeff${text}`))).toBe(text);
  });

  test('and ignores a declaration of UTF-16 that is readable as single bytes', () => {
    const text = '<?xml version="1.0" encoding="UTF-16"?><a>é</a>';

    expect(decodeText(Buffer.from(text))).toBe(text);
  });

  test.each(['UTF16', 'utf-16LE', 'utf-16be', 'us-ascii', 'UTF8'])(
    'and treats a declaration of %s that is readable as single bytes as UTF-8',
    (encoding) => {
      const text = `<?xml version="1.0" encoding="${encoding}"?><a>é</a>`;

      expect(decodeText(Buffer.from(text))).toBe(text);
      const bytes = Buffer.from(text, 'latin1');
      expect(() => decodeText(bytes)).toThrow('the bytes are not valid utf-8');
    },
  );

  test('and ignores an encoding attribute in the content', () => {
    const text = '<?xml version="1.0"?><a encoding="latin1">é</a>';

    expect(decodeText(Buffer.from(text))).toBe(text);
  });

  test('in part of a larger buffer', () => {
    const whole = Buffer.from('xxx<?xml version="1.0" encoding="UTF-8"?><a/>xxx');

    expect(decodeText(whole.subarray(3, -3))).toBe('<?xml version="1.0" encoding="UTF-8"?><a/>');
  });
});

describe('decodeText throws', () => {
  test.each<[string, readonly number[]]>([
    ['utf-8', [0x61, 0xe9, 0x61]],
    ['utf-8', [0xff, 0x61]],
    ['utf-8', [0x61, 0xfe]],
    ['utf-8', [0xfe, 0x61]],
    ['utf-8', [0x61, 0xff]],
    ['utf-16le', [0xff, 0xfe, 0x00, 0xd8]],
    ['utf-16be', [0xfe, 0xff, 0xd8, 0x00]],
  ])(
    'on bytes that are not valid %s, with the error of the decoder as its cause',
    (encoding, bytes) => {
      const decode = () => decodeText(Uint8Array.from(bytes));

      expect(decode).toThrow(`the bytes are not valid ${encoding}`);
      expect(decode).toThrow(expect.objectContaining({ cause: expect.anything() as unknown }));
    },
  );

  test.each(['X-KLINGON', 'utf-8x', 'x-utf-8', 'utf-16lee'])(
    'on the unknown encoding %s',
    (encoding) => {
      const decode = () =>
        decodeText(Buffer.from(`<?xml version="1.0" encoding="${encoding}"?><a/>`));

      expect(decode).toThrow(`unknown encoding '${encoding.toLowerCase()}'`);
      expect(decode).toThrow(expect.objectContaining({ cause: expect.anything() as unknown }));
    },
  );
});

test('an excerpt of up to 200 characters is the whole text, a longer one ends with the length', () => {
  expect(excerpt('x'.repeat(200))).toBe('x'.repeat(200));
  expect(excerpt('x'.repeat(201))).toBe(`${'x'.repeat(200)}... (201 characters)`);
});

test('the length of an excerpt can be changed', () => {
  expect([excerpt('abc', 3), excerpt('abcd', 3)]).toEqual(['abc', 'abc... (4 characters)']);
});

test('only slashes at the end are removed', () => {
  expect(['https://a/b//', '/a/b', '/'].map(withoutTrailingSlashes)).toEqual([
    ...['https://a/b', '/a/b', ''],
  ]);
});
