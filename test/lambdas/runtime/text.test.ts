import { describe, expect, test } from '@jest/globals';
import { decodeText } from '../../../lambdas/runtime/text.js';

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

describe('decodeText tells the encoding', () => {
  test.each<[string, Uint8Array, string]>([
    ['UTF-8 without a sign', Buffer.from('é 日'), 'é 日'],
    ['[G07] a UTF-8 mark, which is dropped', Buffer.from('\ufeff<a>é</a>'), '<a>é</a>'],
    [
      '[G07] UTF-16 little-endian by its mark',
      Buffer.from('\ufeff<a>é</a>', 'utf16le'),
      '<a>é</a>',
    ],
    ['[G07] UTF-16 big-endian by its mark', utf16be('\ufeff<a>é</a>'), '<a>é</a>'],
    ['UTF-16 little-endian without a mark', Buffer.from('<a>é</a>', 'utf16le'), '<a>é</a>'],
    ['UTF-16 big-endian without a mark', utf16be('<a>é</a>'), '<a>é</a>'],
    ['nothing', new Uint8Array(), ''],
    ['UTF-8 that begins with a NUL', Buffer.from('\0a'), '\0a'],
    ['UTF-8 with a NUL second', Buffer.from('a\0'), 'a\0'],
    ["UTF-8 with a '<' second", Buffer.from('a<b>'), 'a<b>'],
    ["UTF-8 with a '<' first", Buffer.from('<b/>'), '<b/>'],
  ])('%s', (_, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });

  test('by the XML declaration', () => {
    const text = `<?xml version='1.0' encoding = 'ISO-8859-1' ?><a>é</a>`;

    expect(decodeText(Buffer.from(text, 'latin1'))).toBe(text);
  });

  test('only where the declaration is at the very start, and near it', () => {
    const declaration = '<?xml version="1.0" encoding="ISO-8859-1"?>';
    const late = `<?xml version="1.0"${' '.repeat(180)} encoding="ISO-8859-1"?><a>é</a>`;

    expect(decodeText(Buffer.from(` ${declaration}<a>é</a>`))).toBe(` ${declaration}<a>é</a>`);
    expect(decodeText(Buffer.from(late))).toBe(late);
  });

  test('the mark counts more than the declaration', () => {
    const text = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>';

    expect(decodeText(Buffer.from(`\ufeff${text}`))).toBe(text);
  });

  test('a declaration of UTF-16 that is read byte by byte is not believed', () => {
    const text = '<?xml version="1.0" encoding="UTF-16"?><a>é</a>';

    expect(decodeText(Buffer.from(text))).toBe(text);
  });

  test.each(['UTF16', 'utf-16LE', 'utf-16be', 'us-ascii', 'UTF8'])(
    'a declaration of %s that is read byte by byte is UTF-8',
    (encoding) => {
      const text = `<?xml version="1.0" encoding="${encoding}"?><a>é</a>`;

      expect(decodeText(Buffer.from(text))).toBe(text);
      const bytes = Buffer.from(text, 'latin1');
      expect(() => decodeText(bytes)).toThrow('the bytes are not utf-8');
    },
  );

  test('an encoding named in the content is none', () => {
    const text = '<?xml version="1.0"?><a encoding="latin1">é</a>';

    expect(decodeText(Buffer.from(text))).toBe(text);
  });

  test('of a part of a larger buffer', () => {
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
  ])('on bytes that are not %s, with the decoder as the cause', (encoding, bytes) => {
    const decode = () => decodeText(Uint8Array.from(bytes));

    expect(decode).toThrow(`the bytes are not ${encoding}`);
    expect(decode).toThrow(expect.objectContaining({ cause: expect.anything() as unknown }));
  });

  test.each(['X-KLINGON', 'utf-8x', 'x-utf-8', 'utf-16lee'])(
    'on the encoding %s, which nobody knows',
    (encoding) => {
      const decode = () =>
        decodeText(Buffer.from(`<?xml version="1.0" encoding="${encoding}"?><a/>`));

      expect(decode).toThrow(`the encoding '${encoding.toLowerCase()}' is not known`);
      expect(decode).toThrow(expect.objectContaining({ cause: expect.anything() as unknown }));
    },
  );
});
