import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import type { GranuleMessage } from '../../../lambdas/granule/message.js';
import { granulesUnder } from '../../../local/input/s3-listing.js';

const s3 = mockClient(S3Client);

/** A granule is a folder with a manifest. */
const pipeline = {
  parseMessage: (message: GranuleMessage) =>
    message.type === 's3-object' && message.key.endsWith('/manifest.safe')
      ? { href: `s3://${message.bucket}/${message.key}` }
      : undefined,
};

beforeEach(() => {
  s3.reset();
});

async function listed(keys: readonly string[]) {
  s3.on(ListObjectsV2Command).resolves({ Contents: keys.map((Key) => ({ Key })) });
  const notes: string[] = [];
  const messages: string[] = [];
  const options = { finder: { pipeline }, requesterPays: false, region: 'eu-central-1' };
  const note = (text: string) => notes.push(text);
  for await (const body of granulesUnder('s3://scenes/2024', Object.assign({ note }, options)))
    messages.push(body);
  return { messages, notes };
}

test('granules under a prefix have one message each', async () => {
  const { messages, notes } = await listed([
    '2024/a/manifest.safe',
    '2024/a/data.tif',
    '2024/b/manifest.safe',
  ]);

  expect(messages).toHaveLength(2);
  expect(messages[0]).toContain('2024/a/manifest.safe');
  expect(notes).toEqual([]);
});

test.each([
  [['2024/a.SAFE.zip'], "but the archive '2024/a.SAFE.zip': unpack it"],
  [['2024/a.zip', '2024/b.zip', '2024/c.txt'], "but 2 archives, such as '2024/a.zip': unpack them"],
])(
  '[N28] a prefix with archives only is refused with the advice to unpack: %j',
  async (keys, why) => {
    await expect(listed(keys)).rejects.toThrow(
      `--granules s3://scenes/2024 contains no granule, ${why}`,
    );
  },
);

test('[N28] archives beside granules are reported, unless they are unpacked there', async () => {
  const keys = ['2024/a.zip', '2024/a/manifest.safe', '2024/b.zip', '2024/c.zip'];

  expect((await listed(keys)).notes).toEqual([
    "--granules s3://scenes/2024 also has 2 archives, such as '2024/b.zip': unpack them",
  ]);
});

test('a prefix without a granule is refused', async () => {
  await expect(listed([])).rejects.toThrow('contains no object: check the prefix');
  await expect(listed(['2024/a.txt'])).rejects.toThrow(
    'contains no granule: the pipeline recognizes none of its keys',
  );
});
