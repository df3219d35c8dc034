import { describe, expect, test } from '@jest/globals';
import { decodeText } from '../../lambdas/text.js';

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
  ])('%s', (_, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });

  test('by the XML declaration', () => {
    const text = `<?xml version='1.0' encoding='ISO-8859-1' ?><a>é</a>`;

    expect(decodeText(Buffer.from(text, 'latin1'))).toBe(text);
  });

  test('the mark counts more than the declaration', () => {
    const text = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>';

    expect(decodeText(Buffer.from(`\ufeff${text}`))).toBe(text);
  });

  test('a declaration of UTF-16 that is read byte by byte is not believed', () => {
    const text = '<?xml version="1.0" encoding="UTF-16"?><a>é</a>';

    expect(decodeText(Buffer.from(text))).toBe(text);
  });

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
  test('on bytes that are not of the encoding, and names it', () => {
    expect(() => decodeText(Uint8Array.of(0x61, 0xe9, 0x61))).toThrow('the bytes are not utf-8');
  });

  test('on an encoding nobody knows', () => {
    expect(() => decodeText(Buffer.from('<?xml version="1.0" encoding="X-KLINGON"?><a/>'))).toThrow(
      "the encoding 'x-klingon' is not known",
    );
  });
});
