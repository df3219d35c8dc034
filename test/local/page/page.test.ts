import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Item, Position } from '../../../lambdas/stac/stac.js';
import { renderPage, writeRunPage } from '../../../local/page/page.js';
import { MAX_ITEMS_ON_PAGE, toPageItem } from '../../../local/page/page-data.js';
import type { RunFolder } from '../../../local/run/folder.js';
import type { RunSummary } from '../../../local/run/summary.js';
import { CHROMIUM, openChromium, type Tab } from '../../support/chromium.js';

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
      shape: {
        id: 'a',
        datetime: '2024-01-01T00:00:00Z',
        path: 'M10,-45L12,-45L12,-47L10,-47L10,-45Z',
        area: 4,
        box: [10, -47, 2, 2],
      },
      details: {
        properties: { datetime: '2024-01-01T00:00:00Z', 'x:list': [1, 2] },
        base: 'https://example.com/a/',
        assets: [
          { key: 'data', href: 'data.tif' },
          { key: 'thumbnail', href: 'preview/t.png' },
        ],
      },
    });
  });

  test('has both parts of a footprint that crosses the antimeridian, one at each edge of the map', () => {
    const { path = '', box, bounds, area } = toPageItem(ANTIMERIDIAN).shape;

    const parts = path
      .split('Z')
      .filter(Boolean)
      .map((part) => part.match(/-?\d+(?=,)/g)?.map(Number) ?? []);

    expect(parts).toEqual([
      [178, 180, 180, 178, 178],
      [-180, -177, -177, -180, -180],
    ]);
    expect(box).toEqual([-180, -62, 3, 2]);
    expect(bounds).toEqual([-180, -62, 360, 2]);
    expect(area).toBe(10);
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
    const { shape } = toPageItem(item('a', fields));
    expect(shape).toMatchObject({ datetime });
    expect(shape.path).toBe(path);
  });

  test('[N31] has a clockwise outer ring like any other, so that overlapping footprints fill one area', () => {
    const shape = (...ring: Position[]) =>
      toPageItem(item('a', { geometry: { type: 'Polygon', coordinates: [ring] } })).shape;

    expect(shape([0, 0], [0, 2], [2, 2], [0, 0])).toEqual(shape([0, 0], [2, 2], [0, 2], [0, 0]));
  });

  test('[N31] has an area without its holes', () => {
    const hole: Position[] = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]; // prettier-ignore
    const outer: Position[] = [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]; // prettier-ignore
    const coordinates = [outer, hole];

    expect(toPageItem(item('a', { geometry: { type: 'Polygon', coordinates } })).shape.area).toBe(
      80,
    );
  });

  test.each([
    [
      'LineString',
      [
        [0, 0],
        [1, 1],
        [2, 0],
      ],
      'M0,0L1,-1L2,0L1,-1Z',
    ],
    [
      'MultiLineString',
      [
        [
          [0, 0],
          [1, 1],
        ],
      ],
      'M0,0L1,-1Z',
    ],
    ['MultiPoint', [[1, 2]], 'M0.75,-1.75L1.25,-1.75L1.25,-2.25L0.75,-2.25Z'],
  ])('is drawn if it is a %s, which is valid too', (type, coordinates, path) => {
    const geometry = { type, coordinates } as unknown as Item['geometry'];

    expect(toPageItem(item('a', { geometry })).shape.path).toBe(path);
    const geometries = [geometry];
    const collection = { type: 'GeometryCollection', geometries } as unknown as Item['geometry'];
    expect(toPageItem(item('a', { geometry: collection })).shape.path).toBe(path);
  });
});

describe('the page', () => {
  const page = (items: Item[], total = items.length) =>
    renderPage({
      title: HOSTILE,
      summary: ['Made'],
      deadLetters: 0,
      items: items.map(toPageItem),
      total,
    });

  test('is self-contained, and its content security policy enforces that', () => {
    const html = page([item('a')]);

    expect(html).not.toMatch(/(src|href)="(?!#)/);
    expect(html).toContain(`content="default-src 'none'; style-src 'sha256-`);
  });

  test('escapes ids, titles and properties', () => {
    const html = page([item(HOSTILE, { properties: { datetime: null, [HOSTILE]: HOSTILE } })]);

    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html).not.toContain('<img');
    expect(html).toContain('<title>&#60;/script&#62;');
  });

  test('states if it contains only some of the Items', () => {
    expect(page([item('a')], 7000)).toContain('This page shows the first 1 of 7000 Items');
    expect(page([item('a')])).not.toContain('This page shows');
  });
});

describe('the page of a run', () => {
  function pageOf(summary: Partial<RunSummary>, items: readonly Item[] = [item('a')]): string {
    let page = '';
    const folder = {
      itemTexts: () => items.map((one) => JSON.stringify(one)),
      itemCount: items.length,
      writePage: (html: string) => (page = html),
    } as unknown as RunFolder;
    const whole = {
      items: items.length,
      failures: new Map(),
      isDryRun: false,
      isInterrupted: false,
    };
    const collection = { id: 'demo' } as Parameters<typeof writeRunPage>[1];
    writeRunPage(folder, collection, Object.assign(whole, summary) as unknown as RunSummary);
    return /<p>(.*)<\/p>/.exec(page)?.[1] ?? '';
  }

  const failures = (...counts: readonly number[]) =>
    new Map(counts.map((count, index) => [`Error${index}`, { count, example: 'x' }]));

  test('[N31] has the number of dead letters as a link to their file', () => {
    expect(pageOf({ failures: failures(2, 1) })).toBe(
      '1 Item; <a href="dead-letters.ndjson">3 dead letters</a>.',
    );
    expect(pageOf({ failures: failures(1) })).toContain('>1 dead letter</a>');
  });

  test('[N31] has no such link without dead letters, and tells if the Collection was not posted', () => {
    expect(pageOf({})).toBe('1 Item.');
    expect(pageOf({ collectionFault: 'x', isInterrupted: true })).toBe(
      '1 Item; the Collection was not posted; the run was interrupted.',
    );
  });

  test(`[N31] shows ${MAX_ITEMS_ON_PAGE} Items at most`, () => {
    const many = Array.from({ length: MAX_ITEMS_ON_PAGE + 1 }, (_, index) => item(`i${index}`));

    expect(pageOf({}, many)).toContain('the first 20000 of 20001 Items');
  });
});

const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

inBrowser('in Chromium (skipped where it is not installed)', () => {
  let folder = '';
  let tab: Tab;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'page-'));
    tab = await openChromium();
  }, 60_000);

  afterAll(async () => {
    await tab.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(items: readonly Item[], fragment = ''): Promise<string> {
    const pageItems = items.map(toPageItem);
    const file = join(folder, 'index.html');
    const content = { title: 'Demo', summary: ['Made'], deadLetters: 0, total: items.length };
    writeFileSync(file, renderPage(Object.assign(content, { items: pageItems })));
    await tab.open(pathToFileURL(file).href + fragment);
    return tab.evaluate<string>('document.documentElement.outerHTML');
  }

  function box(id: string, ...[west, south, east, north]: readonly number[]): Item {
    const corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]; // prettier-ignore
    const geometry = { type: 'Polygon', coordinates: [corners] } as unknown as Item['geometry'];
    return item(id, { geometry });
  }

  const drawn = () => tab.evaluate('({ ...document.getElementById("footprints").dataset })');
  const chosen = () => tab.evaluate('document.querySelector("#details h2")?.textContent');

  /** A place on the map in pixels. */
  async function at(longitude: number, latitude: number): Promise<[number, number]> {
    return tab.evaluate(`(() => {
      const { a, d, e, f } = document.getElementById('world').getScreenCTM();
      return [${longitude} * a + e, ${-latitude} * d + f];
    })()`);
  }

  /** Red, green, blue and alpha of the footprints at a place. */
  async function colorAt(longitude: number, latitude: number): Promise<number[]> {
    const [x, y] = await at(longitude, latitude);
    return tab.evaluate(`(() => {
      const canvas = document.getElementById('footprints');
      const { left, top } = canvas.getBoundingClientRect();
      return [...canvas.getContext('2d').getImageData(${x} - left, ${y} - top, 1, 1).data];
    })()`);
  }

  const EXAMPLES = [item('a'), ANTIMERIDIAN, item(HOSTILE), item('nowhere', { geometry: null })];

  test('every footprint is on the map and every Item in the list', async () => {
    const dom = await open(EXAMPLES);

    expect(await drawn()).toEqual({ outlines: '0', filled: '3' });
    expect((await colorAt(179, 61))[3]).toBeGreaterThan(0);
    expect((await colorAt(-178.5, 61))[3]).toBeGreaterThan(0);
    expect((await colorAt(100, 0))[3]).toBe(0);
    expect(dom.match(/data-place="\d/g)).toHaveLength(4);
    expect(dom).toContain('4 of 4 Items');
    expect(dom).toContain('(no footprint)');
    expect(dom).toContain('<title>Demo</title>');
    expect(dom).not.toContain('<img');
  }, 60_000);

  test('a link to an Item shows its properties and zooms to it', async () => {
    const dom = await open(EXAMPLES, '#antimeridian');

    expect(dom).toContain('<h2>antimeridian</h2>');
    expect(dom).toContain('<th scope="row">x:list</th><td>[1,2]</td>');
    expect(dom).toContain('<a href="https://example.com/a/data.tif" rel="noreferrer">');
    expect(dom).toMatch(/viewBox="-180 -66 20 10"/);
  }, 60_000);

  test('[N31] footprints of most of the globe are outlines, through which the others can be seen and clicked', async () => {
    const globes = Array.from({ length: 60 }, (_, index) =>
      box(`globe${index}`, -170, -80, 170, 80),
    );
    await open([box('small', 10, 0, 40, 30), ...globes, box('large', 0, -20, 80, 50)]);

    expect(await drawn()).toEqual({ outlines: '60', filled: '2' });
    expect((await colorAt(-100, 10))[3]).toBe(0);
    const overLarge = (await colorAt(60, 10))[3] ?? 0;
    expect(overLarge).toBeGreaterThan(0);
    expect((await colorAt(25, 15))[3]).toBeGreaterThan(overLarge);

    await tab.click(...(await at(-100, 10)));
    expect(await chosen()).toBeUndefined();
    await tab.click(...(await at(60, 10)));
    expect(await chosen()).toBe('large');
    await tab.click(...(await at(25, 15)));
    expect(await chosen()).toBe('small');
    await tab.click(...(await at(170, -60)));
    expect(await chosen()).toMatch(/^globe/);
    await tab.click(...(await at(25, 15)));
    expect(await chosen()).toBe('small');
  }, 60_000);

  test('[N31] many footprints in one place leave the land visible', async () => {
    await open(
      Array.from({ length: 300 }, (_, index) => box(`i${index}`, 0, 0, 60 + index / 100, 50)),
    );

    expect((await colorAt(30, 20))[3]).toBeLessThan(128);
  }, 60_000);

  test('[N31] 20,000 Items open, move and are searched without long waits', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => {
      const [x, y] = [-178 + ((index * 0.731) % 350), -80 + ((index * 0.377) % 158)];
      return box(`scene-${index}`, x, y, x + 2, y + 2);
    });
    const dom = await open(many);

    expect(dom).toContain('20000 of 20000 Items');
    expect(dom.match(/data-place="\d/g)?.length).toBeLessThan(100);
    const median = await tab.evaluate<number>(`(async () => {
      const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      const times = [];
      for (let step = 0; step < 40; step++) {
        const start = performance.now();
        const init = { deltaY: -60, clientX: 300, clientY: 250, cancelable: true };
        document.getElementById('world').dispatchEvent(new WheelEvent('wheel', init));
        await frame();
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[20];
    })()`);
    expect(median).toBeLessThan(150);

    await tab.evaluate(`(() => {
      const search = document.getElementById('search');
      search.value = 'scene-1999';
      search.dispatchEvent(new Event('input'));
    })()`);
    expect(await tab.evaluate('document.getElementById("count").textContent')).toBe(
      '11 of 20000 Items',
    );
    expect(await tab.evaluate('document.querySelector("#list .id").textContent')).toBe(
      'scene-1999',
    );
  }, 120_000);

  test('[N31] the list shows an Item that was chosen on the map, and the arrow keys move in it', async () => {
    const items = Array.from({ length: 500 }, (_, index) => box(`i${index}`, -170, 0, -160, 10));
    await open([...items, box('last', 100, 0, 130, 30)]);

    await tab.click(...(await at(115, 15)));
    const pressed = 'document.querySelector("#list [aria-pressed=true] .id")?.textContent';
    expect(await tab.evaluate(pressed)).toBe('last');

    const key = (name: string) =>
      tab.evaluate<string>(`(() => {
        const focused = document.activeElement;
        focused.dispatchEvent(new KeyboardEvent('keydown', { key: '${name}', bubbles: true }));
        return document.activeElement.querySelector('.id').textContent;
      })()`);
    await tab.evaluate('document.querySelector("#list [aria-pressed=true]").focus()');
    expect(await key('ArrowDown')).toBe('last');
    expect(await key('ArrowUp')).toBe('i499');
    for (let step = 0; step < 30; step++) await key('ArrowUp');
    expect(await key('ArrowUp')).toBe('i468');
  }, 60_000);
});
