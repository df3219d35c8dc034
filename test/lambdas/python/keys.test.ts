import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseKeyMessage } from '../../../lambdas/python/keys.js';

const before = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, { GRANULE_PATTERN: '\\.nc$', GRANULE_BUCKET: 'sst' });
});
afterEach(() => {
  process.env = { ...before };
});

function event(key: string) {
  const names = { bucket: 'other', key, href: `s3://other/${key}` };
  return { type: 's3-object', ...names } as const;
}
const custom = (body: unknown) => ({ type: 'custom', body }) as const;

describe('a message of a pipeline without app.ts', () => {
  test('is an event about an object whose key matches granule_pattern', () => {
    expect(parseKeyMessage(event('2024/a.nc'))).toEqual({ href: 's3://other/2024/a.nc' });
  });

  test('is skipped if the object is not a granule', () => {
    expect(parseKeyMessage(event('2024/a.nc.md5'))).toBeUndefined();
  });

  test.each([
    ['2024/a.nc', 's3://sst/2024/a.nc'],
    ['s3://third/2024/a.nc', 's3://third/2024/a.nc'],
  ])('may be the text %s', (body, href) => {
    expect(parseKeyMessage(custom(body))).toEqual({ href });
  });

  test.each([['2024/a.txt'], [{ key: '2024/a.nc' }], [7], [null], [undefined]])(
    'is refused if it is %j',
    (body) => {
      expect(() => parseKeyMessage(custom(body))).toThrow(
        'the message must be an event of S3, or a key that matches granule_pattern (given ',
      );
    },
  );
});
