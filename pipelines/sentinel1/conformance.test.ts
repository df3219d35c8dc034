import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { hrefSource, mappedSource } from '../../lambdas/source/href.js';
import { makeItem } from '../../lambdas/granule/items.js';
import { describeWithShared, sharedJson, sharedPath } from '../../test/support/shared-data.js';
import { createItem } from './item.js';

/** Real granules and the expected Item of each. */
const DATA = 'data/sentinel1';
const GRANULES = sharedPath(`${DATA}/granules`);
const CASES = existsSync(GRANULES) ? cases() : [];

/** Returns the href that the expected Item has: the key path of the AWS bucket, or the example bucket for SAFE granules. */
function hrefOf(kind: string, productId: string): string {
  if (kind === 'safe') return `s3://example-safe/${productId}`;
  const [, mode = '', , polarisation = '', start = ''] = productId.split('_');
  const day = [start.slice(0, 4), Number(start.slice(4, 6)), Number(start.slice(6, 8))].join('/');
  return `s3://sentinel-s1-l1c/GRD/${day}/${mode}/${polarisation.slice(2)}/${productId}`;
}

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly href: string;
}

function cases(): Case[] {
  return readdirSync(GRANULES).flatMap((kind) =>
    readdirSync(join(GRANULES, kind)).map((name): Case => {
      const folder = join(GRANULES, kind, name);
      if (kind !== 'edge') {
        const id = name.replace(/\.SAFE$/, '');
        return { name: `${kind}__${id}`, folder, href: hrefOf(kind, name) };
      }
      const [productId = ''] = readdirSync(folder);
      const href = hrefOf(kind, productId);
      return { name: `${kind}__${name}`, folder: join(folder, productId), href };
    }),
  );
}

function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'description');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutDescriptions(inner)]));
}

/** Returns every value with its path, in the order of the keys. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const inner = Object.entries(value).flatMap(([key, at]) => leaves(at, `${path}/${key}`));
  return inner.length === 0 ? [[path, value]] : inner;
}

function compare(actual: unknown, expected: unknown): void {
  const [given, wanted] = [leaves(actual), leaves(expected)];
  expect(given.map(([path]) => path)).toEqual(wanted.map(([path]) => path));
  for (const [index, [path, value]] of wanted.entries()) {
    const at = given[index]?.[1];
    const same =
      typeof value === 'number' && typeof at === 'number'
        ? Math.abs(at - value) <= 1e-9
        : Object.is(at, value);
    if (!same) expect({ path, value: at }).toEqual({ path, value });
  }
}

const TITLE = 'the Items of real granules equal the expected ones, value for value and key for key';

describeWithShared(DATA, TITLE, () => {
  test('at least ten granules are compared', () => {
    expect(CASES.length).toBeGreaterThan(10);
  });

  for (const { name, folder, href } of CASES) {
    test(name, async () => {
      const expected = sharedJson(`${DATA}/expected-items/${name}.json`);
      const source = mappedSource(hrefSource({ requesterPays: false }), { from: href, to: folder });
      const warnings: string[] = [];

      const item = await makeItem(
        { collectionId: 'sentinel1-grd', createItem },
        { href },
        { source, warn: (message) => warnings.push(message) },
      );

      compare(withoutDescriptions(item), expected);
      expect(warnings).toEqual([]);
    });
  }
});
