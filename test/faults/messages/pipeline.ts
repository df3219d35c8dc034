import { GranuleError, MessageError } from '../../../lambdas/runtime/errors.js';
import type { Granule, GranulePipeline } from '../../../lambdas/granule-handler.js';
import type { GranuleMessage } from '../../../lambdas/granule/message.js';

export const BENCH_COLLECTION = 'bench';

/** A minimal pipeline, because the framework is under test. */
export const benchPipeline: GranulePipeline<Granule> = {
  collectionId: BENCH_COLLECTION,
  parseMessage: (message) => ({ href: hrefOf(message) }),
  createItem: ({ href }) => {
    const id = href.slice(href.lastIndexOf('/') + 1).replace(/\.safe$/, '');
    if (id.startsWith('broken')) throw new GranuleError(`${href}: no footprint`, { href });
    return Promise.resolve({
      ...({ type: 'Feature', stac_version: '1.0.0', id } as const),
      geometry: { type: 'Point', coordinates: [11, 48] },
      bbox: [11, 48, 11, 48],
      properties: { datetime: '2022-11-30T01:43:42Z' },
      links: [],
      assets: { data: { href } },
      stac_extensions: [],
    });
  },
};

function hrefOf(message: GranuleMessage): string {
  if (message.type === 's3-object') return message.href;
  const { body } = message;
  if (typeof body === 'object' && body !== null && 'key' in body)
    return `s3://bench/${String(body.key)}`;
  throw new MessageError('a message without a key');
}
