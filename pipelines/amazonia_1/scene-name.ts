import { GranuleError } from '../../lambdas/runtime/errors.js';
import { excerpt, withoutTrailingSlashes } from '../../lambdas/runtime/text.js';

/** `AMAZONIA_1_WFI_<day>_<path>_<row>_L<level>`: the id of a scene, and the name of its folder. */
const SCENE = String.raw`AMAZONIA_1_WFI_\d{8}_\d{3}_\d{3}_L[0-9A-Z]+`;
const FOLDER = new RegExp(`^${SCENE}$`);
const METADATA = new RegExp(`^(${SCENE})(_LEFT|_RIGHT)?_BAND2\\.xml$`);
const QUICKLOOK = /^AMAZONIA_1_WFI_\d{8}_\d{3}_\d{3}\.png$/;

/** A scene whose image comes from one of the two optics has its name in the files. */
const OPTICS = ['', '_LEFT', '_RIGHT'] as const;

const FORM = 'AMAZONIA_1_WFI_<day>_<path>_<row>_L<level>';

/** Where the files of a scene are. */
export interface ScenePlace {
  /** Href of the folder, without a slash at the end. */
  readonly folder: string;
  readonly id: string;
  /** The names that the metadata file may have. */
  readonly metadata: readonly string[];
}

/**
 * Parses the href of a scene's metadata file, quicklook or folder. Throws GranuleError for any other href.
 *
 * @example
 * parseScene('s3://bucket/AMAZONIA_1_WFI_20220811_036_018_L4/AMAZONIA_1_WFI_20220811_036_018.png');
 * // folder: 's3://bucket/AMAZONIA_1_WFI_20220811_036_018_L4', id: 'AMAZONIA_1_WFI_20220811_036_018_L4'
 * // metadata: ['AMAZONIA_1_WFI_20220811_036_018_L4_BAND2.xml', '..._L4_LEFT_BAND2.xml', '..._L4_RIGHT_BAND2.xml']
 */
export function parseScene(href: string): ScenePlace {
  const path = withoutTrailingSlashes(href);
  const [above, name] = splitAt(path);
  const id = METADATA.exec(name)?.[1];
  if (id !== undefined) return { folder: above, id, metadata: [name] };
  const folder = QUICKLOOK.test(name) ? above : path;
  const [, last] = splitAt(folder);
  if (!FOLDER.test(last)) {
    throw new GranuleError(
      `a scene must be a folder ${FORM}, its quicklook or its file ..._BAND2.xml (given '${excerpt(name)}')`,
      { href },
    );
  }
  return { folder, id: last, metadata: OPTICS.map((optics) => `${last}${optics}_BAND2.xml`) };
}

/** Returns `AMAZONIA_1_WFI_20220810_033_018_L4_LEFT` for the name of its metadata file, and the same for a band's. */
export function stemOf(metadataName: string): string {
  return metadataName.slice(0, -'_BAND2.xml'.length);
}

/** The quicklook of a scene has the name of the scene without its level. */
export function quicklookOf(id: string): string {
  return `${id.slice(0, id.lastIndexOf('_'))}.png`;
}

function splitAt(path: string): [above: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
}

const KEY = new RegExp(String.raw`^(AMAZONIA1/WFI/\d{3}/\d{3}/(${SCENE}))/([^/]+)$`);

/** The parts of the key of a scene's file. */
export interface SceneKey {
  readonly id: string;
  readonly file: 'metadata' | 'quicklook' | 'other';
}

/** Parses the key of a file of a scene; undefined for any other key. */
export function tryParseKey(key: string): SceneKey | undefined {
  const [, , id, name = ''] = KEY.exec(key) ?? [];
  if (id === undefined) return undefined;
  if (METADATA.exec(name)?.[1] === id) return { id, file: 'metadata' };
  return { id, file: name === quicklookOf(id) ? 'quicklook' : 'other' };
}
