import { granuleHandler } from '../../../lambdas/granule-handler.js';
import { GranuleError, MessageError } from '../../../lambdas/runtime/errors.js';

import { decodeText } from '../../../lambdas/runtime/text.js';
import { FILES, PIPELINE, type FileName } from './granules.js';

/** A small pipeline that reads two objects per granule, because the framework is under test. */
export const handler = granuleHandler({
  collectionId: PIPELINE,
  parseMessage: (message) => {
    const body = message.type === 'custom' ? message.body : undefined;
    if (typeof body !== 'object' || body === null || !('path' in body)) {
      throw new MessageError('the message has no path');
    }
    return { href: String(body.path) };
  },
  createItem: async ({ href, source }) => {
    const id = href.slice(href.lastIndexOf('/') + 1);
    const read = async (name: FileName) =>
      JSON.parse(decodeText(await source.read(`${href}/${name}`))) as Content;
    const metadata = await read(FILES[0]);
    if (metadata.broken === true) throw new GranuleError(`${href}: no footprint`, { href });
    const { coordinates = [] } = await read(FILES[1]);
    const [lon = 0, lat = 0] = coordinates;
    return {
      ...({ type: 'Feature', stac_version: '1.0.0', id } as const),
      geometry: { type: 'Point', coordinates: [lon, lat] },
      bbox: [lon, lat, lon, lat],
      properties: { datetime: '2022-11-30T01:43:42Z' },
      links: [],
      assets: { data: { href: `${href}/data.tif` } },
      stac_extensions: [],
    };
  },
});

interface Content {
  readonly broken?: boolean;
  readonly coordinates?: readonly number[];
}
