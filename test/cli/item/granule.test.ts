import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { namedGranule, sampleOf, tryFindGranule } from '../../../cli/item/granule.js';
import type { GranuleMessage } from '../../../lambdas/granule/message.js';
import { MessageError } from '../../../lambdas/runtime/errors.js';
import { codeAt } from '../../support/pipeline-code.js';

describe('namedGranule', () => {
  test.each([
    ['s3://b/k', undefined, { href: 's3://b/k' }],
    ['https://h/k', 's3://x', { href: 'https://h/k' }],
    ['/data/g/', undefined, { href: '/data/g' }],
    ['g', undefined, { href: resolve('g') }],
    [
      '/data/g',
      's3://x/y/',
      { href: 's3://x/y/g', sourceMap: { from: 's3://x/y/g', to: '/data/g' } },
    ],
    ['/data/g', 's3://x/g/', { href: 's3://x/g', sourceMap: { from: 's3://x/g', to: '/data/g' } }],
  ])('%s with the prefix %s', (given, prefix, named) => {
    expect(namedGranule(given, { prefix })).toEqual(named);
  });

  test('a file of the sample has the href that it has in the bucket, unless there is a prefix', () => {
    const sample = sampleOf('pipelines/x', ['s3://waves/raw/', 's3://other/']);
    const sourceMap = { from: 's3://waves/', to: `${resolve('pipelines/x/sample/bucket')}/` };
    const file = 'pipelines/x/sample/bucket/raw/1.json';

    expect(namedGranule(file, { sample })).toEqual({ href: 's3://waves/raw/1.json', sourceMap });
    expect(namedGranule('/data/1.json', { sample })).toEqual({ href: '/data/1.json' });
    expect(namedGranule(file, { sample, prefix: 's3://x' }).href).toBe('s3://x/1.json');
    expect(sampleOf('pipelines/x', [])).toBeUndefined();
  });
});

describe('an argument that is neither an href nor a path', () => {
  const pipeline = {
    parseMessage: ({ type, ...message }: GranuleMessage) => {
      if (type === 'custom' && 'body' in message && message.body === 'tile 7')
        return { href: 's3://tiles/7' };
      throw new MessageError('not a tile');
    },
  };

  test('can be a message of the pipeline, such as a bare key', () => {
    expect(tryFindGranule('tile 7', pipeline)).toEqual({ href: 's3://tiles/7' });
    expect(tryFindGranule('tile 8', pipeline)).toBeUndefined();
    expect(tryFindGranule('', pipeline)).toBeUndefined();
  });

  test('is a message if it is JSON: why it is refused, or that it is skipped, is said', () => {
    const skips = { parseMessage: () => undefined };

    expect(() => tryFindGranule('{"tile": 8}', pipeline)).toThrow(new MessageError('not a tile'));
    expect(() => tryFindGranule('{"tile": 8}', skips)).toThrow(
      new MessageError('the message names no granule: parseMessage skips it'),
    );
    expect(tryFindGranule('{"tile": 7}', { parseMessage: () => ({ href: 's3://7' }) })).toEqual({
      href: 's3://7',
    });
  });

  test('is not a message if a file has that name', () => {
    const anything = { parseMessage: () => ({ href: 's3://any/thing' }) };

    expect(tryFindGranule('package.json', anything)).toBeUndefined();
  });

  test('unexpected errors are not hidden', () => {
    const broken = {
      parseMessage: () => {
        throw new Error('a bug');
      },
    };

    expect(() => tryFindGranule('tile 7', broken)).toThrow('a bug');
  });

  test('[N25] an href that parseMessage refuses, or fails for on purpose, is not a bug', () => {
    const bugs: string[] = [];
    const errors = [new MessageError('another form'), new Error('unknown')];

    for (const error of errors) {
      const parseMessage = (): never => {
        throw error;
      };
      tryFindGranule('s3://bucket/granule', { parseMessage }, (reason) => bugs.push(reason));
    }
    expect(bugs).toEqual([]);
  });

  test('[N22] an href is tried as a message, but an error of parseMessage does not stop it', () => {
    const careless = {
      parseMessage: codeAt<() => never>('pipelines/x/app.ts', '() => {\n  return ({}).a.b;\n}'),
    };

    const bugs: string[] = [];
    const keep = (reason: string): number => bugs.push(reason);

    expect(tryFindGranule('s3://bucket/granule', careless, keep)).toBeUndefined();
    expect(bugs).toEqual([
      expect.stringMatching(
        /^the message s3:\/\/bucket\/granule: Cannot read .* at pipelines\/x\/app\.ts:2:\d+$/,
      ),
    ]);
    expect(() => tryFindGranule('tile 7', careless)).toThrow(
      /^the message tile 7: Cannot read .* at pipelines\/x\/app\.ts:2:\d+$/,
    );
  });
});
