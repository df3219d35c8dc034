import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { landPath } from './land.js';
import type { PageItem } from './page-data.js';

export interface PageContent {
  readonly title: string;
  /** One sentence under the title. */
  readonly summary: string;
  readonly items: readonly PageItem[];
  /** Items made; more than `items` where the page holds only the first. */
  readonly total: number;
}

/** One HTML file that needs neither network nor other files. Ids, titles and properties are anybody's text. */
export function renderPage(content: PageContent): string {
  const script = readAsset('page-script.js');
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
<noscript>This page draws its footprints with a script of its own: allow scripts to see them.</noscript>
<script type="application/json" id="data">${embeddedJson(content.items)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Only our own script runs, whatever an Item may hold. */
function policyFor(style: string, script: string): string {
  return `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'`;
}

function header({ title, summary, items, total }: PageContent): string {
  const note = shownNote(items.length, total);
  return `<header>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(summary + note)}</p>
</header>`;
}

function map(): string {
  return `<section id="map" aria-label="Map of footprints">
<svg id="world" viewBox="-180 -90 360 180" tabindex="0" role="group" aria-label="World map: arrow keys move it, plus and minus zoom, 0 shows the whole world">
<rect class="ocean" x="-180" y="-90" width="360" height="180"/>
<path class="land" d="${landPath()}"/>
<path class="grid" d="${gridPath()}"/>
<g id="footprints"></g>
</svg>
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
  return ` This page shows the first ${shown} of ${total} Items; items.ndjson holds all of them.`;
}

/** A line each 30 degrees. */
function gridPath(): string {
  const steps = (from: number, to: number): number[] =>
    Array.from({ length: (to - from) / 30 + 1 }, (_, index) => from + index * 30);
  const meridians = steps(-150, 150).map((x) => `M${x},-90V90`);
  const parallels = steps(-60, 60).map((y) => `M-180,${y}H180`);
  return [...meridians, ...parallels].join('');
}

/** JSON that can't end its script element, nor begin a comment in it. */
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
