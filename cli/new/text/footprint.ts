import type { Dataset } from '../dataset.js';
import { importOf, importTypesOf, lines } from './code.js';

/** Returns grid.ts, which knows the tiles of a grid. */
export function gridText({
  grid,
  text,
}: {
  readonly grid: 'degrees' | 'web';
  readonly text: string;
}): string {
  return grid === 'degrees' ? degreesText(text) : webText(text);
}

const GRID_IMPORTS = lines(
  importTypesOf(['Bbox'], '../../lambdas/stac/stac.js'),
  importTypesOf(['GranuleName'], './granule-key.js'),
);

function degreesText(text: string): string {
  return `${GRID_IMPORTS}

/** Width and height of a tile in degrees. */
const SIZE = 1;

/** Returns the bbox of a tile that is named by its south-west corner, such as ${text} */
export function tileBbox({ latitude, longitude }: GranuleName): Bbox {
  const [south, west] = [degreesOf(latitude), degreesOf(longitude)];
  return [west, south, west + SIZE, south + SIZE];
}

/** N53 is 53, and W115 is -115. */
function degreesOf(text: string): number {
  const degrees = Number(text.replace(/\\D/g, ''));
  return /[SW]/i.test(text) ? -degrees : degrees;
}
`;
}

function webText(text: string): string {
  return `${GRID_IMPORTS}

/**
 * Returns the bbox of a tile of a web map, such as ${text}
 *
 * @see https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames
 */
export function tileBbox({ zoom, column, row }: GranuleName): Bbox {
  const tiles = 2 ** Number(zoom);
  const longitude = (x: number): number => (x / tiles) * 360 - 180;
  const latitude = (y: number): number =>
    (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / tiles))) * 180) / Math.PI;
  const [x, y] = [Number(column), Number(row)];
  return [longitude(x), latitude(y + 1), longitude(x + 1), latitude(y)];
}
`;
}

/** Returns metadata.ts, which reads the file that has the footprint of a granule. */
export function metadataText(dataset: Dataset): string {
  const { area, day } = dataset;
  const isXml = area.kind === 'metadata' && area.file.format === 'xml';
  return isXml ? xmlText(day === undefined) : jsonText(day === undefined);
}

const RETURNS = (hasTime: boolean): string =>
  lines(
    '/** What is used of the metadata of a granule. */',
    'export interface Metadata {',
    hasTime && '/** RFC 3339 time in UTC. */',
    hasTime && 'readonly datetime: string;',
    'readonly footprint: Footprint;',
    '}',
  );

function jsonText(hasTime: boolean): string {
  return lines(
    importOf(['GranuleError'], '../../lambdas/runtime/errors.js'),
    importOf(['footprintOf', 'type Footprint'], '../../lambdas/stac/geometry.js'),
    importTypesOf(['Position'], '../../lambdas/stac/stac.js'),
    '',
    RETURNS(hasTime),
    '',
    '/** The form of the file. */',
    'interface MetadataFile {',
    hasTime && 'readonly datetime: string;',
    '/** Ring of [longitude, latitude]. */',
    'readonly footprint: readonly Position[];',
    '}',
    '',
    '/** Parses the metadata of a granule. Throws GranuleError. */',
    'export function parseMetadata(text: string, href: string): Metadata {',
    'try {',
    'const file = JSON.parse(text) as MetadataFile;',
    hasTime
      ? 'return { datetime: file.datetime, footprint: footprintOf(file.footprint) };'
      : 'return { footprint: footprintOf(file.footprint) };',
    '} catch (cause) {',
    '// The file is wrong and a retry cannot help: the message goes to the dead-letter queue.',
    'throw new GranuleError(`${href}: ${String(cause)}`, { href }, { cause });',
    '}',
    '}',
    '',
  );
}

function xmlText(hasTime: boolean): string {
  return lines(
    importOf(['GranuleError'], '../../lambdas/runtime/errors.js'),
    importOf(['footprintOf', 'type Footprint'], '../../lambdas/stac/geometry.js'),
    importTypesOf(['Position'], '../../lambdas/stac/stac.js'),
    importOf(['readXml'], '../../lambdas/xml/xml.js'),
    '',
    RETURNS(hasTime),
    '',
    '/** Parses the metadata of a granule. Throws GranuleError. */',
    'export function parseMetadata(text: string, href: string): Metadata {',
    'const texts = new Map<string, string>();',
    'readXml({ href, text }, { close: (element) => { texts.set(element.local, element.text.trim()); } });',
    hasTime && "const datetime = texts.get('datetime') ?? '';",
    'return {',
    hasTime && 'datetime,',
    "footprint: footprintIn(texts.get('footprint') ?? '', href) };",
    '}',
    '',
    '/** The text has a longitude and a latitude for each point: `9.9 53.5 10.1 53.5 10.1 53.6`. */',
    'function footprintIn(text: string, href: string): Footprint {',
    'const points = [...text.matchAll(/(\\S+)\\s+(\\S+)/g)];',
    'try {',
    'return footprintOf(points.map(([, x, y]): Position => [Number(x), Number(y)]));',
    '} catch (cause) {',
    'throw new GranuleError(`${href}: the footprint: ${String(cause)}`, { href }, { cause });',
    '}',
    '}',
    '',
  );
}
