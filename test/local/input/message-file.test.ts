import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseBody } from '../../../lambdas/granule/message.js';
import { assertMessageFile, messageLines, messagesOf } from '../../../local/input/message-file.js';

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

test('each body is read back as the same message, whatever it contains', async () => {
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

  expect([
    queue.isEmpty(),
    await queue.sendBatch(bodies.map((body) => ({ body }))),
    queue.isEmpty(),
  ]).toEqual([true, [], false]);
  queue.close();

  const found = await read(path);
  expect(found.map((body) => parseBody(body).messages)).toEqual(
    bodies.map((body) => parseBody(body).messages),
  );
});

test('accepted messages are kept for the next process, unless it starts over', async () => {
  const path = join(folder, 'messages.ndjson');
  const send = async (fresh: boolean, body: string): Promise<string[]> => {
    const queue = messageLines(path, { fresh });
    await queue.sendBatch([{ body }]);
    queue.close();
    return read(path);
  };

  expect(await send(true, 'one')).toEqual(['one']);
  expect(await send(false, 'two')).toEqual(['one', 'two']);
  expect(await send(true, 'three')).toEqual(['three']);
});

const LINES = '{"key":"a/ü.tif"}\nplain/key.tif\n';
const BODIES = ['{"key":"a/ü.tif"}', 'plain/key.tif'];

test.each([
  ['UTF-8', Buffer.from(LINES)],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${LINES}`)],
  ['UTF-16LE', Buffer.from(`\ufeff${LINES}`, 'utf16le')],
  ['UTF-16BE', Buffer.from(`\ufeff${LINES}`, 'utf16le').swap16()],
  ['UTF-16LE without a mark', Buffer.from(LINES, 'utf16le')],
  ['UTF-16BE without a mark', Buffer.from(LINES, 'utf16le').swap16()],
  ['UTF-16LE with CR LF', Buffer.from(`\ufeff${LINES.replaceAll('\n', '\r\n')}`, 'utf16le')],
])('[N05] messages in %s are read as the same bodies', async (_, bytes) => {
  const path = join(folder, 'messages.ndjson');
  await writeFile(path, bytes);

  expect(await read(path)).toEqual(BODIES);
});

test('[N05] a character that is split between two chunks of a long file is read correctly', async () => {
  const path = join(folder, 'messages.ndjson');
  const bodies = Array.from({ length: 5000 }, (_, index) => `${'ü€'.repeat(10)}/${index}.tif`);
  await writeFile(path, Buffer.from(`\ufeff${bodies.join('\n')}`));

  expect(await read(path)).toEqual(bodies);
});

test('[N05] bytes that are not valid in the encoding are an error with the path', async () => {
  const path = join(folder, 'messages.ndjson');
  await writeFile(path, Buffer.from([0x61, 0xff, 0x0a]));

  await expect(read(path)).rejects.toThrow(`--messages '${path}' cannot be read`);
});

test.each<[string, string | undefined, string]>([
  ['nothing', '', 'contains no message: write one message body per line'],
  ['blank lines', '\n  \n\r\n', 'contains no message: write one message body per line'],
  ['a byte order mark alone', '\ufeff', 'contains no message: write one message body per line'],
  ['no file', undefined, 'cannot be read: the file does not exist'],
])('[N29] a file of messages with %s is refused', async (_, content, problem) => {
  const path = join(folder, 'messages.ndjson');
  if (content !== undefined) await writeFile(path, content);

  await expect(assertMessageFile(path)).rejects.toThrow(`--messages '${path}' ${problem}`);
});

test('[N29] a folder is not a file of messages', async () => {
  await expect(assertMessageFile(folder)).rejects.toThrow(
    `--messages '${folder}' cannot be read: it is a folder; pass a file with one message body per line`,
  );
});

test('[N29] a file with one message after blank lines is accepted', async () => {
  const path = join(folder, 'messages.ndjson');
  await writeFile(path, '\n\n{}');

  await assertMessageFile(path);
  expect(await read(path)).toEqual(['{}']);
});
