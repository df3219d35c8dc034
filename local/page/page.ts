import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { geoEquirectangular, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import type { Topology } from 'topojson-specification';

import type { Collection, Item } from '../../lambdas/stac/stac.js';
import { RUN_FILES } from '../run/file-names.js';
import type { RunFolder } from '../run/folder.js';
import { deadLetterCount, type RunSummary } from '../run/summary.js';
import { MAX_ITEMS_ON_PAGE, type PageItem, toPageItem } from './page-data.js';

/** Writes index.html of a run, which shows its Items on a map. */
export function writeRunPage(
  folder: RunFolder,
  { id, title }: Pick<Collection, 'id' | 'title'>,
  summary: RunSummary,
): void {
  const items: PageItem[] = [];
  for (const text of folder.itemTexts()) {
    if (items.length === MAX_ITEMS_ON_PAGE) break;
    items.push(toPageItem(JSON.parse(text) as Item));
  }
  folder.writePage(
    renderPage({
      title: title ?? id,
      summary: sentenceParts(summary),
      deadLetters: deadLetterCount(summary),
      items,
      total: folder.itemCount,
    }),
  );
}

function sentenceParts(summary: RunSummary): readonly string[] {
  const { items, collectionFault, isDryRun, isInterrupted } = summary;
  return [
    `${counted(items, 'Item')}${isDryRun ? ' from a dry run, not posted' : ''}`,
    ...(collectionFault === undefined ? [] : ['the Collection was not posted']),
    ...(isInterrupted ? ['the run was interrupted'] : []),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export interface PageContent {
  readonly title: string;
  /** Parts of the sentence under the title. */
  readonly summary: readonly string[];
  /** Number of lines in dead-letters.ndjson. */
  readonly deadLetters: number;
  readonly items: readonly PageItem[];
  /** Number of Items of the run; `items` has at most the first MAX_ITEMS_ON_PAGE of them. */
  readonly total: number;
}

/** Returns a self-contained HTML page. Ids, titles and properties are untrusted and therefore escaped. */
export function renderPage(content: PageContent): string {
  const script = `${readAsset('page-map.js')}\n${readAsset('page-script.js')}`;
  const style = readAsset('page-style.css');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyFor(style, script)}">
<title>${escapeHtml(content.title)}</title>
<style>${style}</style>
</head>
<body>
${header(content)}
<main>
${map()}
${LIST}
<section id="details" aria-live="polite" aria-label="Selected Item"></section>
</main>
<noscript>This page needs JavaScript to draw the footprints.</noscript>
<script type="application/json" id="data">${embeddedJson(content.items.map(({ shape }) => shape))}</script>
<script type="application/x-ndjson" id="records">${content.items.map(({ details }) => embeddedJson(details)).join('\n')}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Returns a content security policy that allows only the page's own script and style. */
function policyFor(style: string, script: string): string {
  return `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'`;
}

function header({ title, summary, deadLetters, items, total }: PageContent): string {
  const [first = '', ...others] = summary.map(escapeHtml);
  const link = `<a href="${RUN_FILES.deadLetters}">${counted(deadLetters, 'dead letter')}</a>`;
  const parts = [first, ...(deadLetters > 0 ? [link] : []), ...others];
  const note = shownNote(items.length, total);
  return `<header>
<h1>${escapeHtml(title)}</h1>
<p>${parts.join('; ')}.${escapeHtml(note)}</p>
</header>`;
}

function map(): string {
  return `<section id="map" aria-label="Map of footprints">
<svg id="world" viewBox="-180 -90 360 180" tabindex="0" role="group" aria-label="World map. Arrow keys move the map, plus and minus zoom, 0 shows the whole world.">
<rect class="ocean" x="-180" y="-90" width="360" height="180"/>
<path class="land" d="${landPath()}"/>
<path class="grid" d="${gridPath()}"/>
</svg>
<canvas id="footprints" aria-hidden="true"></canvas>
<p id="hint"></p>
<div class="zoom" role="group" aria-label="Zoom">
<button type="button" id="zoom-in" aria-label="Zoom in">+</button>
<button type="button" id="zoom-out" aria-label="Zoom out">&minus;</button>
<button type="button" id="zoom-reset" aria-label="Show the whole world">&#8962;</button>
</div>
</section>`;
}

const LIST = `<nav aria-label="Items">
<label for="search">Find Items</label>
<input id="search" type="search" placeholder="part of an id or date" autocomplete="off">
<p id="count" role="status"></p>
<ol id="list"></ol>
</nav>`;

function shownNote(shown: number, total: number): string {
  if (shown >= total) return '';
  return ` This page shows the first ${shown} of ${total} Items; items.ndjson contains all of them.`;
}

/**
 * Returns the land of the world as one SVG path in degrees: x is the longitude, y is the negative latitude. In this
 * projection an edge of a footprint is a straight line, as RFC 7946 section 3.1.1 defines it.
 */
export function landPath(): string {
  const file = createRequire(import.meta.url).resolve('world-atlas/land-110m.json');
  const topology = JSON.parse(readFileSync(file, 'utf8')) as Topology;
  const land = topology.objects['land'];
  if (!land) throw new Error(`${file} has no object 'land'`);

  const projection = geoEquirectangular().scale(DEGREES_PER_RADIAN).translate([0, 0]).precision(0);
  return geoPath(projection).digits(2)(feature(topology, land)) ?? '';
}

const DEGREES_PER_RADIAN = 180 / Math.PI;

/** Returns a grid with a line every 30 degrees. */
function gridPath(): string {
  const steps = (from: number, to: number): number[] =>
    Array.from({ length: (to - from) / 30 + 1 }, (_, index) => from + index * 30);
  const meridians = steps(-150, 150).map((x) => `M${x},-90V90`);
  const parallels = steps(-60, 60).map((y) => `M-180,${y}H180`);
  return [...meridians, ...parallels].join('');
}

/** Returns JSON that cannot close its script element or start a comment in it. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function readAsset(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
