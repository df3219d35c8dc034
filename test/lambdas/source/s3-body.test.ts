import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { sdkStreamMixin } from '@smithy/core/serde';
import { describe, expect, test } from '@jest/globals';
import { BodyError, readBody } from '../../../lambdas/source/s3-body.js';

function stalling(first: string) {
  const stream = new PassThrough();
  stream.write(first);
  return { stream, Body: sdkStreamMixin(stream) };
}

describe('a body', () => {
  test('is returned whole', async () => {
    const Body = sdkStreamMixin(Readable.from([Buffer.from('a'), Buffer.from('bc')]));

    expect((await readBody({ Body })).toString()).toBe('abc');
  });

  test('that is absent has no bytes', async () => {
    expect(await readBody({ Body: undefined })).toHaveLength(0);
  });

  test('that stalls ends after the idle limit, with the bytes so far, and is destroyed', async () => {
    const { stream, Body } = stalling('half');

    await expect(readBody({ Body }, { idleMs: 20 })).rejects.toThrow(
      new BodyError('no more bytes arrived for 20 ms, after 4 bytes'),
    );
    expect(stream.destroyed).toBe(true);
  });

  test('that is slow but never idle for long is read', async () => {
    const Body = sdkStreamMixin(
      Readable.from(
        (async function* () {
          for (const part of 'abcdefghi') {
            await sleep(100);
            yield Buffer.from(part);
          }
        })(),
      ),
    );

    expect((await readBody({ Body }, { idleMs: 750 })).toString()).toBe('abcdefghi');
  });

  test('whose bytes arrived while the process was busy has not stalled', async () => {
    const { stream, Body } = stalling('a');
    const read = readBody({ Body }, { idleMs: 300 });
    await sleep(5);
    setTimeout(() => {
      const until = performance.now() + 400;
      while (performance.now() < until);
      // The event loop takes them after the timers that are overdue.
      setImmediate(() => stream.end('b'));
    }, 1);

    expect((await read).toString()).toBe('ab');
  });

  test('that breaks off is a BodyError with its cause', async () => {
    const { stream, Body } = stalling('a');
    const broken = new Error('aborted');
    const read = readBody({ Body });
    stream.destroy(broken);

    await expect(read).rejects.toMatchObject({ name: 'BodyError', cause: broken });
  });

  test('is given up with the signal, also if that was aborted before', async () => {
    const given = new AbortController();
    const { stream, Body } = stalling('a');
    const read = readBody({ Body }, { signal: given.signal });
    given.abort();

    await expect(read).rejects.toThrow('the read was given up');
    expect(stream.destroyed).toBe(true);
    await expect(
      readBody({ Body: stalling('a').Body }, { signal: given.signal }),
    ).rejects.toThrow();
  });

  test('leaves no timer and no listener behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    const before = timers().length;
    const given = new AbortController();

    await readBody(
      { Body: sdkStreamMixin(Readable.from([Buffer.from('a')])) },
      { signal: given.signal },
    );

    expect(timers()).toHaveLength(before);
    expect(() => {
      given.abort();
    }).not.toThrow();
  });
});
