import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect } from '@jest/globals';
import { makeItem } from '../../../lambdas/granule/items.js';
import { workerEnvironment } from '../../../lambdas/python/environment.js';
import { PythonWorker } from '../../../lambdas/python/worker.js';
import { hrefSource } from '../../../lambdas/source/href.js';
import type { Item } from '../../../lambdas/stac/stac.js';
import { sampleFiles } from '../../support/sample-files.js';
import { shippedModule, type Sentinel1Item } from '../../support/project/shipped.js';
import { pythonEnvironment, testWithPackages } from '../../support/python-environment.js';

// Needs pipelines/sentinel1.

/** The same granules by stactools-sentinel1 and by our TypeScript: the Items are equal but for ten differences. */

const { createItem } = await shippedModule<Sentinel1Item>('sentinel1/item.ts');
const FOLDER = 'test/fixtures/sentinel1-python';
const environment = await pythonEnvironment({ id: 'sentinel1-python', folder: FOLDER });
const worker = new PythonWorker(
  {
    executable: 'python' in environment ? environment.python : '',
    script: 'lambdas/python/worker.py',
    function: resolve(FOLDER, 'create_item.py'),
    permanentErrors: [],
    granuleSeconds: 30,
    environment: workerEnvironment(process.env, {
      granuleInput: 'file',
      requesterPays: false,
      temporary: tmpdir(),
    }),
  },
  () => undefined,
);
afterAll(() => {
  worker.stop();
});

const SAMPLE = sampleFiles('sentinel1', 'manifest.safe').map(dirname);
const sampleOf = (satellite: string): string =>
  SAMPLE.find((folder) => basename(folder).startsWith(satellite)) ?? '';
const [ORDINARY, ANTIMERIDIAN, SINGLE] = ['S1A', 'S1C', 'S1B'].map(sampleOf) as [
  string,
  string,
  string,
];

async function byPackage(href: string): Promise<Item> {
  const [item] = await worker.make({ href }, { subject: href });
  return withoutDescriptions(item) as Item;
}

async function byUs(href: string, stacApiUrl?: string): Promise<Item> {
  const source = hrefSource({ requesterPays: false });
  const pipeline = { collectionId: 'sentinel1-grd', createItem };
  const { collection, ...item } = await makeItem(
    pipeline,
    { href },
    { source, stacApiUrl, warn: () => undefined },
  );
  expect(collection).toBe('sentinel1-grd');
  return withoutDescriptions(item) as Item;
}

function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'description');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutDescriptions(inner)]));
}

/** Copies a granule and changes text in all of its files. */
function edited(folder: string, [from, to]: readonly [RegExp, string], name?: string): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'sentinel1-')), name ?? basename(folder));
  cpSync(folder, copy, { recursive: true });
  for (const file of ['manifest.safe', 'productInfo.json']) {
    const path = join(copy, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  }
  return copy;
}

/** 1 and 10: the package has the RFI file as product annotation; we have both, and RFI files have type and role. */
function withRfi(item: Item): Item {
  const assets = Object.entries(item.assets).flatMap(([key, asset]) => {
    const pol = /^schema-product-(..)$/.exec(key)?.[1];
    if (pol === undefined || !asset.href.includes('/rfi/')) return [[key, asset] as const];
    const product = { ...asset, href: asset.href.replace('/rfi/rfi-', '/') };
    const rfi = { ...asset, title: `${pol.toUpperCase()} RFI Schema` };
    return [[key, product] as const, [`schema-rfi-${pol}`, rfi] as const];
  });
  return { ...item, assets: Object.fromEntries(assets) };
}

/** 2: shapes are [rows, columns]; there is no CRS, and nothing that would need one. */
function withoutCrs(item: Item): Item {
  const dropped = ['proj:bbox', 'proj:transform'];
  const kept = Object.entries(item.properties).filter(([key]) => !dropped.includes(key));
  const properties: Item['properties'] = Object.assign(
    { datetime: null },
    Object.fromEntries(kept),
  );
  const turned = (shape: unknown): unknown => (shape as readonly number[]).toReversed();
  return {
    ...item,
    properties: {
      ...properties,
      'proj:epsg': null,
      'proj:shape': turned(properties['proj:shape']),
      's1:shape': turned(properties['s1:shape']),
    },
  };
}

function withDifferences(item: Item): Item {
  return withoutCrs(withRfi(item));
}

function testDifference(title: string, body: () => Promise<void>): void {
  testWithPackages(environment, title, body);
}

describe('Items of Sentinel-1 by stactools-sentinel1 and by us', () => {
  testDifference('are equal but for the RFI assets and the CRS (1, 2, 10)', async () => {
    for (const folder of [ORDINARY, SINGLE]) {
      const [theirs, ours] = [await byPackage(folder), await byUs(folder)];

      expect(ours).toEqual(withDifferences(theirs));
      expect(ours).not.toEqual(theirs);
    }
  });

  testDifference(
    'have exterior rings in different directions, where theirs is clockwise (3)',
    async () => {
      const turned = edited(ORDINARY, [
        /(<gml:coordinates>)(\S+) (\S+) (\S+) ([^\s<]+)/,
        '$1$2 $5 $4 $3',
      ]);
      const [theirs, ours] = [await byPackage(turned), await byUs(turned)];
      const { geometry, ...rest } = ours;

      expect(rest).toEqual({ ...withDifferences(theirs), geometry: undefined });
      expect(geometry).toEqual((await byPackage(ORDINARY)).geometry);
      expect(geometry).not.toEqual(theirs.geometry);
    },
  );

  testDifference(
    'differ across the antimeridian in geometry, bbox and centroid only (4)',
    async () => {
      const [theirs, ours] = [await byPackage(ANTIMERIDIAN), await byUs(ANTIMERIDIAN)];
      const { geometry, bbox, properties } = ours;
      const expected = withDifferences(theirs);

      expect(ours).toEqual({
        ...expected,
        geometry,
        bbox,
        properties: { ...expected.properties, 'proj:centroid': properties['proj:centroid'] },
      });
      expect([theirs.geometry?.type, geometry?.type]).toEqual(['Polygon', 'MultiPolygon']);
      expect([(theirs.bbox?.[2] ?? 0) > 0, (bbox?.[2] ?? 0) < 0]).toEqual([true, true]);
    },
  );

  testDifference(
    'differ by the link to the Collection, if the config has the STAC API (5)',
    async () => {
      const [theirs, ours] = [
        await byPackage(SINGLE),
        await byUs(SINGLE, 'https://stac.example.com'),
      ];

      expect(ours.links).toEqual([...theirs.links, expect.objectContaining({ rel: 'collection' })]);
      expect({ ...ours, links: theirs.links }).toEqual(withDifferences(theirs));
    },
  );

  testDifference('exist of new satellites only by us (6)', async () => {
    const next = edited(SINGLE, [/s1b-/g, 's1e-']);

    await expect(byPackage(next)).rejects.toMatchObject({ name: 'RuntimeError' });
    expect(await byUs(next)).toMatchObject({ id: basename(SINGLE).slice(0, -5) });
  });

  testDifference('have other ids if the product id ends with _COG (7)', async () => {
    const cog = edited(SINGLE, [/$/, ''], `${basename(SINGLE)}_COG`);
    const [theirs, ours] = [await byPackage(cog), await byUs(cog)];

    expect(ours.id).toBe(basename(SINGLE).slice(0, -5));
    expect(theirs.id).not.toBe(ours.id);
  });

  testDifference('exist only by us if times have no fraction or end with Z (8)', async () => {
    const whole = edited(SINGLE, [/(<safe:st(?:art|op)Time>[^<.]+)[^<]*/g, '$1Z']);

    await expect(byPackage(whole)).rejects.toMatchObject({ name: 'ValueError' });
    expect((await byUs(whole)).properties['start_datetime']).toMatch(/T\d\d:\d\d:\d\dZ$/);
  });

  testDifference('are wrong by the package where we refuse a missing platform (9)', async () => {
    const nameless = edited(SINGLE, [/<safe:familyName>SENTINEL-1<\/safe:familyName>/, '']);

    expect((await byPackage(nameless)).properties['platform']).not.toBe('sentinel-1b');
    await expect(byUs(nameless)).rejects.toMatchObject({
      name: 'GranuleError',
      message: expect.stringContaining('<safe:familyName> is missing'),
    });
  });
});
