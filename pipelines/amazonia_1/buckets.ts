import { joinHref } from '../../lambdas/source/href.js';
import { quicklookOf, stemOf, type ScenePlace } from './scene-name.js';

/** The bucket that holds the scenes now. @see https://registry.opendata.aws/amazonia/ */
export const BUCKET_HREF = 's3://brazil-eosats';

/** The buckets that held the scenes until 2023: images in one, quicklooks in the other, metadata in both. */
const OLD_IMAGES = 's3://amazonia-pds/';
const OLD_METADATA = 's3://amazonia-meta-pds/';
const OLD_QUICKLOOKS = 'https://s3.amazonaws.com/amazonia-meta-pds/';

/** The hrefs of a scene's files, as the Item has them. */
export interface SceneHrefs {
  readonly thumbnail: string;
  readonly metadata: string;
  /** Returns the href of a band's image; `band` is a number from 1. */
  readonly image: (band: string) => string;
}

/**
 * Returns where the files of a scene are: beside its metadata file. The quicklook has an https URL, because browsers
 * show it.
 */
export function hrefsOf({ folder, id }: ScenePlace, metadataName: string): SceneHrefs {
  const images = moved(folder, { from: OLD_METADATA, to: OLD_IMAGES });
  return {
    thumbnail: joinHref(webHrefOf(images), quicklookOf(id)),
    metadata: joinHref(images, metadataName),
    image: (band) => joinHref(images, `${stemOf(metadataName)}_BAND${band}.tif`),
  };
}

function webHrefOf(href: string): string {
  const old = moved(href, { from: OLD_IMAGES, to: OLD_QUICKLOOKS });
  return old.replace(/^s3:\/\/([^/]+)/, 'https://$1.s3.amazonaws.com');
}

function moved(href: string, { from, to }: { from: string; to: string }): string {
  return href.startsWith(from) ? `${to}${href.slice(from.length)}` : href;
}
