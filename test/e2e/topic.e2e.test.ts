import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from '@jest/globals';
import { waitForItem } from './system/catalogue.js';
import { partsOf } from './deployment/deployed-stack.js';
import { COLLECTION_ID, granuleCopies, uploadCopies } from './data/granules.js';
import { postsOf, publish, sqs, system } from './system/running.js';

const { queueUrl: QueueUrl } = partsOf(system, 'sentinel1');
const granules = granuleCopies(6, 2);

beforeAll(() => uploadCopies(granules));

test("a topic delivers nothing while the queue's policy does not name it, and everything afterwards", async () => {
  const [refused, taken] = granules;
  if (refused === undefined || taken === undefined) throw new Error('two granules are needed');
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
  );
  const { Policy = '' } = Attributes;
  expect(Policy).toContain('AcceptTopic');

  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: '' } }));
  try {
    await publish({ path: refused.path, productType: 'GRD' });
  } finally {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  }
  await publish({ path: taken.path, productType: 'GRD' });

  await waitForItem(COLLECTION_ID, taken.itemId);
  expect(await postsOf(refused.itemId)).toEqual([]);
});
