import { GranuleError } from '../../lambdas/runtime/errors.js';
import { excerpt } from '../../lambdas/runtime/text.js';
import {
  elementFault,
  readXml,
  type XmlDocument,
  type XmlElement,
  type XmlHandlers,
} from '../../lambdas/xml/xml.js';
import { NAMESPACE } from './constants.js';

/** What a scene's metadata says in one of its elements, and where. */
export interface Field {
  readonly document: XmlDocument;
  readonly element: XmlElement;
  /** Without white space around it. */
  readonly text: string;
}

/**
 * INPE's metadata of a scene: that of one camera, or of the left and the right camera that made the image together.
 * What does not depend on the camera is read from the left one, as the reference does.
 */
export interface Metadata {
  readonly left: CameraMetadata;
  /** The same as `left` if the image comes from one camera. */
  readonly right: CameraMetadata;
}

/** The elements of one camera. */
export class CameraMetadata {
  readonly #document: XmlDocument;
  readonly #elements: ReadonlyMap<string, readonly XmlElement[]>;
  readonly #prefix: string;

  constructor(document: XmlDocument, found: ElementsByPath, prefix: string) {
    this.#document = document;
    this.#elements = found;
    this.#prefix = prefix;
  }

  /** Returns the first element at a path such as `image/path`. Throws GranuleError if it is missing or empty. */
  field(path: string): Field {
    const [first] = this.fields(path);
    if (first === undefined) throw this.#missing(path);
    return first;
  }

  /** Returns all elements at a path, in document order. Throws GranuleError if one is empty. */
  fields(path: string): readonly Field[] {
    const document = this.#document;
    return (this.#elements.get(`${this.#prefix}${path}`) ?? []).map((element) => {
      const text = element.text.trim();
      if (text === '') throw elementFault(document, element, 'is empty');
      return { document, element, text };
    });
  }

  #missing(path: string): GranuleError {
    const { href } = this.#document;
    const element = `${this.#prefix}${path}`;
    return new GranuleError(`${href}: <${element}> is missing`, { href, element });
  }
}

type ElementsByPath = ReadonlyMap<string, readonly XmlElement[]>;

/** Reads a scene's metadata. Throws GranuleError if it is not well-formed XML, or another document. */
export function readMetadata(document: XmlDocument): Metadata {
  const collector = new Collector();
  readXml(document, collector);
  const { root, found } = collector;
  if (root?.local !== 'prdf' || root.uri !== NAMESPACE) {
    const { href } = document;
    throw new GranuleError(
      `${href}: the root element must be <prdf> of the namespace ${NAMESPACE} (given <${root?.name ?? ''}>)`,
      { href },
    );
  }
  const camera = (prefix: string) => new CameraMetadata(document, found, prefix);
  if (!found.has('leftCamera') && !found.has('rightCamera')) {
    const only = camera('');
    return { left: only, right: only };
  }
  return { left: camera('leftCamera/'), right: camera('rightCamera/') };
}

/** Parses a field's text as a decimal number. Throws GranuleError. */
export function numberOf(field: Field): number {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(field.text))
    throw fieldFault(field, 'must be a number');
  return Number(field.text);
}

/** Returns the field's text. Throws GranuleError if it does not match; `rule` is the predicate of the message. */
export function textOf(field: Field, pattern: RegExp, rule: string): string {
  if (pattern.test(field.text)) return field.text;
  throw fieldFault(field, rule);
}

/** Makes the error for a field; `problem` is the predicate of its message. */
export function fieldFault({ document, element, text }: Field, problem: string): GranuleError {
  return elementFault(document, element, `${problem} (given '${excerpt(text, SHOWN_CHARACTERS)}')`);
}

const SHOWN_CHARACTERS = 100;

/** Collects elements by their path below the root: the bands, and the first of every other path. */
class Collector implements XmlHandlers {
  root: XmlElement | undefined;
  readonly found = new Map<string, XmlElement[]>();

  open(element: XmlElement): void {
    this.root ??= element;
  }

  close(element: XmlElement): void {
    if (UNUSED.has(element.local)) return;
    const path = pathOf(element);
    if (path === undefined) return;
    const list = this.found.get(path);
    if (list === undefined) this.found.set(path, [element]);
    else if (element.local === 'band') list.push(element);
  }
}

/** The thousands of elements of attitudes and ephemerides, except for those that are used. */
const UNUSED = new Set([
  'time',
  'x',
  'y',
  'z',
  'vx',
  'vy',
  'pitch',
  'yaw',
  'ephemeris',
  'attitude',
]);

/** Returns such as `image/path`; undefined for the root, and if an element on the way has another namespace. */
function pathOf({ local, uri, parent }: XmlElement): string | undefined {
  if (parent === undefined || uri !== NAMESPACE) return undefined;
  if (parent.parent === undefined) return local;
  const above = pathOf(parent);
  return above === undefined ? undefined : `${above}/${local}`;
}
