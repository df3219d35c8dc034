import { beforeAll, describe, expect, test } from '@jest/globals';
import { waitForItem, waitForItems, asCatalogued } from './system/catalogue.js';
import { partsOf } from './deployment/deployed-stack.js';
import {
  BUCKET,
  granuleCopies,
  itemIds,
  notificationOf,
  ORDINARY,
  uploadCopies,
  COLLECTION_ID,
} from './data/granules.js';
import { runProject } from './deployment/project-copy.js';
import { announce, depthOf, publish, system, waitUntilDrained } from './system/running.js';

const { queueUrl, deadLettersUrl } = partsOf(system, 'sentinel1');

describe('a notification of the topic in another region and account', () => {
  test('becomes the Item that `npm run item` prints, except for links and nulls that the catalogue changes', async () => {
    const printed = await runProject(system, [
      'cli/item.ts',
      'sentinel1',
      `s3://${BUCKET}/${ORDINARY.path}`,
    ]);

    await publish(notificationOf(ORDINARY));

    const item = await waitForItem(COLLECTION_ID, ORDINARY.itemId);
    const expected = JSON.parse(printed) as Readonly<Record<string, unknown>>;
    expect(asCatalogued(item)).toEqual(asCatalogued(expected));
  });

  test('of another product type becomes neither an Item nor a dead letter', async () => {
    await publish({ path: 'SLC/2023/3/14/IW/DV/S1A_X', productType: 'SLC' });

    await waitUntilDrained(queueUrl);
    expect(await depthOf(deadLettersUrl)).toEqual({ visible: 0, hidden: 0 });
  });
});

describe('a hundred notifications at once', () => {
  const granules = granuleCopies(1, 100);
  beforeAll(() => uploadCopies(granules));

  test('become a hundred Items and leave both queues empty', async () => {
    await announce(granules);

    await waitForItems(itemIds(granules));
    await waitUntilDrained(queueUrl);
    expect(await depthOf(deadLettersUrl)).toEqual({ visible: 0, hidden: 0 });
  });
});
