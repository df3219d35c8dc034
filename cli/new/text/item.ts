import type { Dataset } from '../dataset.js';
import { assetCode, assetsOf } from './assets.js';
import { importOf, importTypesOf, inTemplate, lines, literal } from './code.js';

/** Returns item.ts, which makes the Item of a granule. */
export function itemText(dataset: Dataset): string {
  const { area, day, start } = dataset;
  const isRead = area.kind === 'metadata';
  const fixedDay = day === undefined && !isRead;
  const name = ['id', day && 'datetime', ...tileGroups(dataset)].filter(Boolean).join(', ');
  return lines(
    area.kind === 'grid' && importOf(['GranuleError'], '../../lambdas/runtime/errors.js'),
    isRead && importOf(['decodeText'], '../../lambdas/runtime/text.js'),
    isRead && importTypesOf(['GranuleSource'], '../../lambdas/source/source.js'),
    !isRead &&
      importOf(
        ['rectangleOf', area.kind === 'grid' && 'type Rectangle'],
        '../../lambdas/stac/rectangle.js',
      ),
    importOf(['STAC_VERSION', 'type Item'], '../../lambdas/stac/stac.js'),
    importOf(['parseHref', area.kind === 'grid' && 'type GranuleName'], './granule-key.js'),
    area.kind === 'grid' && importOf(['tileBbox'], './grid.js'),
    isRead && importOf(['parseMetadata'], './metadata.js'),
    '',
    fixedDay && '/** The keys have no time of their own. */',
    fixedDay && `const datetime = ${literal(`${start}T00:00:00Z`)};`,
    fixedDay && '',
    ...constantArea(dataset),
    isRead &&
      'interface ReadableGranule { readonly href: string; readonly source: GranuleSource; }',
    isRead && '',
    `/** Creates the Item of a granule${isRead ? ' from its key and its metadata' : ' from its key alone'}. Throws GranuleError. */`,
    isRead
      ? 'export async function createItem({ href, source }: ReadableGranule): Promise<Item> {'
      : 'export function createItem({ href }: { readonly href: string }): Item {',
    area.kind === 'grid' ? 'const name = parseHref(href);' : `const { ${name} } = parseHref(href);`,
    ...footprintCode(dataset),
    'return {',
    "type: 'Feature',",
    'stac_version: STAC_VERSION,',
    'stac_extensions: [],',
    area.kind === 'grid' ? 'id: name.id,' : 'id,',
    area.kind === 'grid' && day
      ? 'properties: { datetime: name.datetime },'
      : 'properties: { datetime },',
    isRead || area.kind === 'grid' ? 'geometry, bbox,' : '...FOOTPRINT,',
    'links: [],',
    `assets: { ${assetsOf(dataset)
      .map((asset) => `${asset.name}: { ${assetCode(asset, { isItem: true })} }`)
      .join(', ')} },`,
    '};',
    '}',
    ...metadataHref(dataset),
    ...tileFootprint(dataset),
    '',
  );
}

function tileGroups({ area }: Dataset): readonly string[] {
  if (area.kind !== 'grid') return [];
  return area.part.tokens.flatMap((token) => ('group' in token ? [token.group] : []));
}

function constantArea({ area }: Dataset): readonly string[] {
  if (area.kind === 'globe')
    return [
      '/** Every granule covers the globe. */',
      'const FOOTPRINT = rectangleOf([-180, -90, 180, 90]);',
      '',
    ];
  if (area.kind !== 'constant') return [];
  return [
    '/** The area of every granule: west, south, east, north. */',
    `const FOOTPRINT = rectangleOf([${area.bbox.join(', ')}]);`,
    '',
  ];
}

function footprintCode({ area, day }: Dataset): readonly string[] {
  if (area.kind === 'grid') return ['const { geometry, bbox } = footprintOf(name, href);'];
  if (area.kind !== 'metadata') return [];
  const file = area.file.change === undefined ? 'href' : 'metadataHref(href)';
  const read = day === undefined ? 'footprint, datetime' : 'footprint';
  return [
    `const text = decodeText(await source.read(${file}));`,
    `const { ${read} } = parseMetadata(text, ${file});`,
    'const { geometry, bbox } = footprint;',
  ];
}

function metadataHref({ area }: Dataset): readonly string[] {
  if (area.kind !== 'metadata' || area.file.change === undefined) return [];
  const { from, to } = area.file.change;
  const stem = from === '' ? 'href' : `href.slice(0, -${literal(from)}.length)`;
  return [
    '',
    '/** Href of the file that has the metadata. */',
    'function metadataHref(href: string): string {',
    `return \`\${${stem}}${inTemplate(to)}\`;`,
    '}',
  ];
}

function tileFootprint({ area }: Dataset): readonly string[] {
  if (area.kind !== 'grid') return [];
  return [
    '',
    'function footprintOf(name: GranuleName, href: string): Rectangle {',
    'try {',
    'return rectangleOf(tileBbox(name));',
    '} catch (cause) {',
    'throw new GranuleError(`${href}: ${String(cause)}`, { href }, { cause });',
    '}',
    '}',
  ];
}
