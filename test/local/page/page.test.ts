import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Item } from '../../../lambdas/stac/stac.js';
import { renderPage } from '../../../local/page/page.js';
import { toPageItem } from '../../../local/page/page-data.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)>&"\'';

function item(id: string, fields: Partial<Item> = {}): Item {
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    id,
    properties: { datetime: '2024-01-01T00:00:00Z', 'x:list': [1, 2] },
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [10, 45],
          [12, 45],
          [12, 47],
          [10, 47],
          [10, 45],
        ],
      ],
    },
    links: [],
    assets: {
      data: { href: 'https://example.com/a/data.tif' },
      thumbnail: { href: 'https://example.com/a/preview/t.png' },
    },
    bbox: [10, 45, 12, 47],
    stac_extensions: [],
    ...fields,
  };
}

const ANTIMERIDIAN = item('antimeridian', {
  geometry: {
    type: 'MultiPolygon',
    coordinates: [
      [
        [
          [178, 60],
          [180, 60],
          [180, 62],
          [178, 62],
          [178, 60],
        ],
      ],
      [
        [
          [-180, 60],
          [-177, 60],
          [-177, 62],
          [-180, 62],
          [-180, 60],
        ],
      ],
    ],
  },
  bbox: [178, 60, -177, 62],
});

describe('the data of an Item on the page', () => {
  test('is its footprint as a path in degrees, its properties and its assets', () => {
    expect(toPageItem(item('a'))).toEqual({
      id: 'a',
      datetime: '2024-01-01T00:00:00Z',
      path: 'M10,-45L12,-45L12,-47L10,-47L10,-45Z',
      box: [10, -47, 2, 2],
      properties: { datetime: '2024-01-01T00:00:00Z', 'x:list': [1, 2] },
      base: 'https://example.com/a/',
      assets: [
        { key: 'data', href: 'data.tif' },
        { key: 'thumbnail', href: 'preview/t.png' },
      ],
    });
  });

  test('has both parts of a footprint that crosses the antimeridian, one at each edge of the map', () => {
    const { path = '', box } = toPageItem(ANTIMERIDIAN);

    const parts = path
      .split('Z')
      .filter(Boolean)
      .map((part) => part.match(/-?\d+(?=,)/g)?.map(Number) ?? []);

    expect(parts).toEqual([
      [178, 180, 180, 178, 178],
      [-180, -177, -177, -180, -180],
    ]);
    expect(box).toEqual([-180, -62, 3, 2]);
  });

  test.each<[string, Partial<Item>, string | undefined, string]>([
    ['no geometry', { geometry: null }, undefined, '2024-01-01T00:00:00Z'],
    [
      'a point',
      { geometry: { type: 'Point', coordinates: [1, 2] } },
      'M0.75,-1.75L1.25,-1.75L1.25,-2.25L0.75,-2.25Z',
      '2024-01-01T00:00:00Z',
    ],
    [
      'a range of time',
      { geometry: null, properties: { datetime: null, start_datetime: '2020' } },
      undefined,
      '2020',
    ],
  ])('is drawn with %s', (...[, fields, path, datetime]) => {
    expect(toPageItem(item('a', fields))).toMatchObject({ datetime });
    expect(toPageItem(item('a', fields)).path).toBe(path);
  });
});

describe('the page', () => {
  const page = (items: Item[], total = items.length) =>
    renderPage({ title: HOSTILE, summary: 'Made.', items: items.map(toPageItem), total });

  test('is self-contained, and its content security policy enforces that', () => {
    const html = page([item('a')]);

    expect(html).not.toMatch(/(src|href)="(?!#)/);
    expect(html).toContain(`content="default-src 'none'; style-src 'sha256-`);
  });

  test('escapes ids, titles and properties', () => {
    const html = page([item(HOSTILE, { properties: { datetime: null, [HOSTILE]: HOSTILE } })]);

    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toContain('<img');
    expect(html).toContain('<title>&#60;/script&#62;');
  });

  test('states if it contains only some of the Items', () => {
    expect(page([item('a')], 7000)).toContain('This page shows the first 1 of 7000 Items');
    expect(page([item('a')])).not.toContain('This page shows');
  });
});

const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

inBrowser('in Chromium (skipped where it is not installed)', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'page-'));
    const items = [item('a'), ANTIMERIDIAN, item(HOSTILE), item('nowhere', { geometry: null })];
    const html = renderPage({
      title: 'Demo',
      summary: 'Made.',
      items: items.map(toPageItem),
      total: items.length,
    });
    writeFileSync(join(folder, 'index.html'), html);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** The document after its script ran. */
  function dump(fragment = ''): string {
    const url = pathToFileURL(join(folder, 'index.html')).href + fragment;
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
    ];
    const quiet = [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ];
    const profile = `--user-data-dir=${join(folder, 'profile')}`;
    const args = [...flags, ...quiet, profile, '--virtual-time-budget=2000', '--dump-dom', url];
    return execFileSync(CHROMIUM ?? '', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 100_000,
    });
  }

  test('every footprint is on the map and every Item in the list', () => {
    const dom = dump();

    expect(dom.match(/class="footprint"/g)).toHaveLength(3);
    expect(dom).toContain('d="M178,-60L180,-60L180,-62L178,-62L178,-60ZM-180,-60L-177,-60');
    expect(dom.match(/<li /g)).toHaveLength(4);
    expect(dom).toContain('4 of 4 Items');
    expect(dom).toContain('(no footprint)');
    expect(dom).toContain('<title>Demo</title>');
    expect(dom).not.toContain('<img');
  }, 60_000);

  test('a link to an Item shows its properties and zooms to it', () => {
    const dom = dump('#antimeridian');

    expect(dom).toContain('<h2>antimeridian</h2>');
    expect(dom).toContain('<th scope="row">x:list</th><td>[1,2]</td>');
    expect(dom).toContain('<a href="https://example.com/a/data.tif" rel="noreferrer">');
    expect(dom).toMatch(/class="footprint chosen"/);
    expect(dom).toMatch(/viewBox="-180 -66 20 10"/);
  }, 60_000);
});
