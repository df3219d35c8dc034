import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseBody } from '../../../lambdas/granule/message.js';
import { messageLines } from '../../../local/input/message-file.js';
import { messagesOf } from '../../../local/input/message-file.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lines-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function read(path: string): Promise<string[]> {
  const bodies: string[] = [];
  for await (const body of messagesOf(path)) bodies.push(body);
  return bodies;
}

test('each body is read back as the same message, whatever it holds', async () => {
  const bodies = [
    '{"key":"a"}',
    'plain/key.tif',
    '{\n  "key": "b"\n}',
    'a\nkey',
    'a\u2028key',
    '42',
  ];
  const path = join(folder, 'deep/messages.ndjson');
  const queue = messageLines(path, { fresh: true });

  expect([queue.isEmpty(), await queue.sendBatch(bodies), queue.isEmpty()]).toEqual([
    true,
    [],
    false,
  ]);
  queue.close();

  const found = await read(path);
  expect(found.map((body) => parseBody(body).messages)).toEqual(
    bodies.map((body) => parseBody(body).messages),
  );
});

test('accepted messages stay for the next process, unless it starts over', async () => {
  const path = join(folder, 'messages.ndjson');
  const send = async (fresh: boolean, body: string): Promise<string[]> => {
    const queue = messageLines(path, { fresh });
    await queue.sendBatch([body]);
    queue.close();
    return read(path);
  };

  expect(await send(true, 'one')).toEqual(['one']);
  expect(await send(false, 'two')).toEqual(['one', 'two']);
  expect(await send(true, 'three')).toEqual(['three']);
});
