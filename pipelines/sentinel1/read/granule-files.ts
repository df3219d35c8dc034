import { GranuleError } from '../../../lambdas/runtime/errors.js';
import { joinHref } from '../../../lambdas/source/href.js';
import type { ItemContext } from '../../../lambdas/granule/items.js';
import { elementFault, type XmlElement } from '../../../lambdas/xml/xml.js';
import { POLARISATIONS, type Polarisation } from '../constants.js';
import type { FilenameMap } from './filename-map.js';
import type { Manifest } from './manifest.js';
import type { Product } from './product-id.js';

/** The kinds of files that become assets. */
export type FileKind = 'product' | 'rfi' | 'calibration' | 'noise' | 'measurement';

export interface GranuleFile {
  readonly href: string;
  /** The polarisation in ESA's name of the file; for a measurement, in its current name. */
  readonly polarisation: Polarisation;
  /** The polarisation for the asset's title: that in the current name of the file. */
  readonly titlePolarisation: Polarisation;
}

export interface GranuleFiles extends Readonly<Record<FileKind, readonly GranuleFile[]>> {
  /** The first product annotation, which has the size of the image. */
  readonly annotation: GranuleFile;
  /** The preview image; undefined if neither the manifest nor the filenameMap lists it. */
  readonly quickLook: string | undefined;
}

interface FileContext {
  readonly product: Product;
  readonly manifest: Manifest;
  /** Undefined if the files have ESA's names. */
  readonly names: FilenameMap | undefined;
  readonly warn: ItemContext['warn'];
}

const QUICK_LOOK = 'preview/quick-look.png';
const REQUIRED: ReadonlySet<FileKind> = new Set(['product', 'measurement']);

/** `s1a-iw-grd-vv-<start>-<stop>-<orbit>-<datatake>`. @see https://sentiwiki.copernicus.eu/web/s1-products */
const ESA_NAME =
  /s1[a-z]-(?:s[1-6]|iw[1-3]?|ew[1-5]?|wv[12]?|en|n[1-6]|is[1-7])-(?:slc|grd)-(hh|hv|vh|vv)-\d{8}t\d{6}-\d{8}t\d{6}-\d{6}-[\da-f]{6}/;
const AWS_NAME = /-(hh|hv|vh|vv)\.(?:tiff|xml)$/;

/**
 * Groups the files that a manifest lists by kind, in its order. Throws GranuleError if there is no measurement or no
 * annotation, or if the new name of one is unknown. Other files without a new name are left out with a warning.
 */
export function granuleFiles(context: FileContext): GranuleFiles {
  const files: Record<FileKind, GranuleFile[]> = {
    product: [],
    rfi: [],
    calibration: [],
    noise: [],
    measurement: [],
  };
  for (const element of context.manifest.files) {
    const name = listedName(element);
    const kind = kindOf(name);
    if (kind === undefined) continue;
    const file = fileOf(context, element, { name, kind });
    if (file !== undefined) files[kind].push(file);
  }
  const [annotation] = files.product;
  if (annotation === undefined) throw noFiles(context.manifest, 'product annotation');
  if (files.measurement.length === 0) throw noFiles(context.manifest, 'measurement');
  return { ...files, annotation, quickLook: quickLookOf(context) };
}

function listedName(element: XmlElement): string {
  return (element.attribute('href') ?? '').replace(/^[./]+|[./]+$/g, '');
}

/** The AWS bucket keeps the name, and one of the two lists is enough: a link to a file that is not there is worse. */
function quickLookOf({ product, manifest, names = {} }: FileContext): string | undefined {
  const isListed =
    (names[QUICK_LOOK] ?? '') !== '' ||
    manifest.files.some((element) => listedName(element) === QUICK_LOOK);
  return isListed ? joinHref(product.href, QUICK_LOOK) : undefined;
}

function kindOf(name: string): FileKind | undefined {
  if (name.startsWith('measurement')) return 'measurement';
  if (!name.startsWith('annotation')) return undefined;
  if (name.startsWith('annotation/calibration/calibration')) return 'calibration';
  if (name.startsWith('annotation/calibration/noise')) return 'noise';
  if (!name.endsWith('xml')) return undefined;
  return name.startsWith('annotation/rfi/') ? 'rfi' : 'product';
}

interface ListedFile {
  /** The name in the manifest, relative to the granule. */
  readonly name: string;
  readonly kind: FileKind;
}

function fileOf(
  { product, manifest: { document }, names, warn }: FileContext,
  element: XmlElement,
  { name, kind }: ListedFile,
): GranuleFile | undefined {
  const fault = (problem: string) => elementFault(document, element, problem);
  const current = newName(names, name);
  if (current === undefined) {
    const problem = `names '${name}', for which the filenameMap has no new name`;
    if (REQUIRED.has(kind)) throw fault(problem);
    warn(`${document.href}: ${problem}: the asset is left out`, { href: product.href, file: name });
    return undefined;
  }
  if (!isBelow(current))
    throw fault(
      `names '${name}' (now '${current}'), which is not a path within the granule's folder`,
    );
  const href = joinHref(product.href, current);
  const polarisation =
    kind === 'measurement' ? stemPolarisation(current) : ESA_NAME.exec(name)?.[1];
  const titlePolarisation = ESA_NAME.exec(href)?.[1] ?? AWS_NAME.exec(href)?.[1];
  if (!isPolarisation(polarisation) || !isPolarisation(titlePolarisation)) {
    throw fault(`names '${name}' (now '${current}'), which does not contain a polarisation`);
  }
  return { href, polarisation, titlePolarisation };
}

function newName(names: FilenameMap | undefined, name: string): string | undefined {
  if (names === undefined) return name;
  return Object.hasOwn(names, name) && names[name] !== '' ? names[name] : undefined;
}

function isBelow(name: string): boolean {
  return !/^[a-z][a-z\d+.-]*:/i.test(name) && !/(?:^|\/)(?:\.\.?)?(?:\/|$)/.test(name);
}

/** Finds the polarisation in `iw-vv.tiff` (AWS) or `s1a-iw-grd-vv-....tiff` (ESA). */
function stemPolarisation(name: string): string | undefined {
  const parts =
    name
      .slice(name.lastIndexOf('/') + 1)
      .split('.', 1)[0]
      ?.split('-') ?? [];
  return parts.length === 2 ? parts[1] : parts[3];
}

function isPolarisation(text: string | undefined): text is Polarisation {
  return (POLARISATIONS as readonly (string | undefined)[]).includes(text);
}

function noFiles({ document: { href } }: Manifest, what: string): GranuleError {
  const problem = `<fileLocation> of a ${what} is missing`;
  return new GranuleError(`${href}: ${problem}`, { href, element: 'fileLocation' });
}
