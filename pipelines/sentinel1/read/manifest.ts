import { GranuleError } from '../../../lambdas/runtime/errors.js';
import { excerpt } from '../../../lambdas/runtime/text.js';
import {
  elementFault,
  readXml,
  type XmlDocument,
  type XmlElement,
  type XmlHandlers,
} from '../../../lambdas/xml/xml.js';
import { NAMESPACES } from '../constants.js';

/** Elements whose first occurrence in the document is used, at any depth. Prefixes are as ESA writes them. */
const FIELDS = [
  'safe:startTime',
  'safe:stopTime',
  'safe:familyName',
  'safe:number',
  'safe:nssdcIdentifier',
  'safe:orbitNumber',
  'safe:relativeOrbitNumber',
  's1:pass',
  's1sarl1:mode',
  's1sarl1:productType',
  's1sarl1:instrumentConfigurationID',
  's1sarl1:missionDataTakeID',
  's1sarl1:productTimelinessCategory',
  's1sarl1:sliceNumber',
  's1sarl1:totalSlices',
  'gml:coordinates',
] as const;

export type FieldName = (typeof FIELDS)[number];

/** The elements of a manifest that are used; lists are in document order. */
export interface Manifest {
  readonly document: XmlDocument;
  readonly fields: ReadonlyMap<string, XmlElement>;
  readonly polarisations: readonly XmlElement[];
  /** `processing` elements that have a name. One of them may be the step that made the product. */
  readonly processings: readonly XmlElement[];
  /** `resource` elements that have a role: the files that the product was made from. */
  readonly resources: readonly XmlElement[];
  /** `fileLocation` elements that have an href. */
  readonly files: readonly XmlElement[];
}

export interface Field {
  readonly text: string;
  readonly element: XmlElement;
}

/** Reads a manifest.safe. Throws GranuleError if it is not well-formed XML or has no list of files. */
export function readManifest(document: XmlDocument): Manifest {
  const collector = new Collector();
  readXml(document, collector);
  const { fields, polarisations, processings, resources, files, section } = collector;
  const manifest = { document, fields, polarisations, processings, resources, files };
  if (section === undefined) throw missingField(manifest, 'dataObjectSection');
  return manifest;
}

/** Finds the trimmed text of a field; undefined if the element is missing or empty. */
export function tryFindField({ fields }: Manifest, name: FieldName): Field | undefined {
  const element = fields.get(name);
  const text = element?.text.trim();
  return element === undefined || text === undefined || text === '' ? undefined : { element, text };
}

/** Like tryFindField, but throws GranuleError if there is no text. */
export function findField(manifest: Manifest, name: FieldName): Field {
  const field = tryFindField(manifest, name);
  if (field !== undefined) return field;
  const empty = manifest.fields.get(name);
  throw empty === undefined
    ? missingField(manifest, name)
    : elementFault(manifest.document, empty, 'is empty');
}

/** Maximum length of a field's text in an error. */
const SHOWN_CHARACTERS = 100;

/** Makes the error for a field's text; `problem` is the predicate of its message. */
export function fieldFault({ document }: Manifest, field: Field, problem: string): GranuleError {
  return elementFault(
    document,
    field.element,
    `${problem} (given '${excerpt(field.text, SHOWN_CHARACTERS)}')`,
  );
}

function missingField({ document: { href } }: Manifest, element: string): GranuleError {
  return new GranuleError(`${href}: <${element}> is missing`, { href, element });
}

class Collector implements XmlHandlers {
  readonly fields = new Map<string, XmlElement>();
  readonly polarisations: XmlElement[] = [];
  readonly processings: XmlElement[] = [];
  readonly resources: XmlElement[] = [];
  readonly files: XmlElement[] = [];
  section: XmlElement | undefined;
  #root: XmlElement | undefined;
  #prefixes: ReadonlyMap<string, string> = new Map();

  open(element: XmlElement): void {
    if (this.#root === undefined) {
      this.#root = element;
      this.#prefixes = prefixesOf(element);
    }
    if (element.uri === '') this.#takeFile(element);
    else this.#takeField(element);
  }

  /** Compares namespaces, because a prefix may be missing: provenance metadata uses a default namespace instead. */
  #takeField(element: XmlElement): void {
    const wanted = WANTED.get(element.local);
    if (wanted === undefined || this.#prefixes.get(element.uri) !== wanted.prefix) return;
    const { name } = wanted;
    if (name === POLARISATION) this.polarisations.push(element);
    if (name === PROCESSING && has(element, 'name')) this.processings.push(element);
    if (name === RESOURCE && has(element, 'role')) this.resources.push(element);
    if (!FIELD_NAMES.has(name) || this.fields.has(name)) return;
    // The instrument has a family name too.
    if (PLATFORM_FIELDS.has(name) && isWithin(element, 'instrument')) return;
    this.fields.set(name, element);
  }

  #takeFile(element: XmlElement): void {
    const { parent } = element;
    if (isUnqualified(element, 'dataObjectSection') && parent === this.#root)
      this.section ??= element;
    if (!isUnqualified(element, 'fileLocation') || !has(element, 'href')) return;
    const object = parent?.parent;
    const direct = isUnqualified(parent, 'byteStream') && isUnqualified(object, 'dataObject');
    if (direct && object?.parent === this.section) this.files.push(element);
  }
}

const FIELD_NAMES: ReadonlySet<string> = new Set(FIELDS);
const POLARISATION = 's1sarl1:transmitterReceiverPolarisation';
const PROCESSING = 'safe:processing';
const RESOURCE = 'safe:resource';
/** The wanted elements by local name, which is unique among them and rules out most elements at once. */
const WANTED = new Map(
  [...FIELDS, POLARISATION, PROCESSING, RESOURCE].map((name) => {
    const [prefix = '', local = ''] = name.split(':');
    return [local, { prefix, name }];
  }),
);
const PLATFORM_FIELDS: ReadonlySet<string> = new Set(['safe:familyName', 'safe:number']);

/** Returns ESA's prefixes by namespace, including the namespaces that the root declares in case their version changes. */
function prefixesOf({ namespaces }: XmlElement): Map<string, string> {
  const known = Object.entries(NAMESPACES);
  const own = known.map(([prefix]) => [namespaces[prefix], prefix] as const);
  const all = [...known.map(([prefix, uri]) => [uri, prefix] as const), ...own];
  return new Map(all.flatMap(([uri, prefix]) => (uri === undefined ? [] : [[uri, prefix]])));
}

function isUnqualified(element: XmlElement | undefined, local: string): boolean {
  return element?.local === local && element.uri === '';
}

function has(element: XmlElement, attribute: string): boolean {
  return element.attribute(attribute) !== undefined;
}

function isWithin({ parent }: XmlElement, local: string): boolean {
  return parent !== undefined && (parent.local === local || isWithin(parent, local));
}
