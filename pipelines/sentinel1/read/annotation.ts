import { GranuleError } from '../../../lambdas/runtime/errors.js';
import type { GranuleSource } from '../../../lambdas/source/source.js';
import {
  elementFault,
  readXml,
  type XmlDocument,
  type XmlElement,
  type XmlHandlers,
} from '../../../lambdas/xml/xml.js';
import { parseSize, scanSize } from './annotation-scan.js';
import { granuleText } from './granule-text.js';

/** Size of the image in pixels: [rows, columns]. */
export type Shape = readonly [number, number];

/** Both numbers are within the first 35 to 315 KB of up to 2.6 MB (measured on S4, IW and EW products). */
const HEAD_BYTES = 384 * 1024;

const ROWS = 'numberOfLines';
const COLUMNS = 'numberOfSamples';

/**
 * Reads the size of the image from the head of its annotation, or from the whole annotation if the head does not have
 * it. Throws GranuleError if the annotation has no valid size, and ReadError.
 */
export async function readShape(source: GranuleSource, href: string): Promise<Shape> {
  const head = await source.read(href, { offset: 0, length: HEAD_BYTES });
  const shape = scanShape(head);
  if (shape !== undefined) return shape;
  const bytes = head.length === HEAD_BYTES ? await source.read(href) : head;
  return parseShape({ href, text: granuleText(bytes, href) });
}

function scanShape(bytes: Uint8Array): Shape | undefined {
  const rows = scanSize(bytes, ROWS);
  const columns = scanSize(bytes, COLUMNS);
  return rows === undefined || columns === undefined ? undefined : [rows, columns];
}

function parseShape(document: XmlDocument): Shape {
  const finder = new SizeFinder();
  readXml(document, finder);
  const { found } = finder;
  return [sizeOf(document, found, ROWS), sizeOf(document, found, COLUMNS)];
}

/** Finds elements without a namespace, as ESA writes them, or else those with the namespace of the root. */
class SizeFinder implements XmlHandlers {
  readonly found = new Map<string, XmlElement>();
  #root: XmlElement | undefined;

  open(element: XmlElement): void {
    this.#root ??= element;
    const { local, uri } = element;
    if ((local !== ROWS && local !== COLUMNS) || (uri !== '' && uri !== this.#root.uri)) return;
    const first = this.found.get(local);
    if (first === undefined || (first.uri !== '' && uri === '')) this.found.set(local, element);
  }
}

function sizeOf(
  document: XmlDocument,
  found: ReadonlyMap<string, XmlElement>,
  name: string,
): number {
  const { href } = document;
  const element = found.get(name);
  if (element === undefined) {
    throw new GranuleError(`${href}: <${name}> is missing, so the size of the image is unknown`, {
      href,
      element: name,
    });
  }
  const size = parseSize(element.text);
  if (size !== undefined) return size;
  throw elementFault(
    document,
    element,
    `is not a whole number greater than 0 (given '${element.text.trim()}')`,
  );
}
