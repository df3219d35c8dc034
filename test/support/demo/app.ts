import * as z from 'zod/mini';

import { GranuleError, MessageError } from '../../../lambdas/runtime/errors.js';
import { granuleHandler } from '../../../lambdas/granule-handler.js';
import { joinHref } from '../../../lambdas/source/href.js';
import type { Item } from '../../../lambdas/stac/stac.js';

// A pipeline for tests of the local run: a granule is a folder with a granule.json, which may do harm.
const MessageSchema = z.object({ path: z.string() });
const GranuleSchema = z.object({
  id: z.string(),
  lon: z.number(),
  lat: z.number(),
  exit: z.optional(z.boolean()),
});

const NAME = '/granule.json';

export const handler = granuleHandler({
  collectionId: 'demo',
  parseMessage: (message) => {
    if (message.type === 's3-object') {
      return message.key.endsWith(NAME) ? { href: message.href.slice(0, -NAME.length) } : undefined;
    }
    const parsed = MessageSchema.safeParse(message.body);
    if (!parsed.success) throw new MessageError('the message has no path');
    return parsed.data.path === 'skip' ? undefined : { href: `s3://demo/${parsed.data.path}` };
  },
  createItem: async ({ href, source }): Promise<Item> => {
    const text = Buffer.from(await source.read(joinHref(href, 'granule.json'))).toString();
    const parsed = GranuleSchema.safeParse(JSON.parse(text));
    if (!parsed.success) throw new GranuleError(`${href}: granule.json lacks a field`, { href });
    const { id, lon, lat, exit } = parsed.data;
    if (exit) process.exit(7);
    return {
      type: 'Feature',
      stac_version: '1.0.0',
      id,
      properties: { datetime: '2024-01-01T00:00:00Z' },
      geometry: { type: 'Point', coordinates: [lon, lat] },
      links: [],
      assets: { data: { href: joinHref(href, 'data.tif') } },
      bbox: [lon, lat, lon, lat],
      stac_extensions: [],
    };
  },
});
