import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { localBackfill } from '../../../../cli/backfill/local-target.js';
import type { BackfillCursor } from '../../../../lambdas/backfill/cursor.js';
import {
  act,
  backfillFolder,
  DT,
  FIELDS,
  FIXTURE,
  KEYS,
  type Acted,
  type ActedOptions,
  type BackfillFolder,
} from '../../../support/backfill/inventory.js';
import { runCli } from '../../../support/cli/run-cli.js';

// Needs pipelines/sentinel1.

let folder: BackfillFolder;

beforeEach(async () => {
  folder = await backfillFolder();
});

afterEach(() => folder.remove());

describe('a backfill on this machine', () => {
  const pipeline = { id: 'example', folder: join(FIXTURE, 'pipelines/example') };
  const from = async (
    inventory: string,
    action: string,
    { chunks = 1, ...options }: ActedOptions & { readonly chunks?: number } = {},
  ): Promise<Acted> => {
    const out = join(folder.path, 'out');
    const place = { inventory, out, chunks, isStopped: () => false };
    return act(await localBackfill(pipeline, place), action, options);
  };
  const local = (action: string, options?: Parameters<typeof from>[2]): Promise<Acted> =>
    from(folder.inventory, action, options);
  const messages = async (): Promise<string[]> => {
    const text = await readFile(join(folder.path, 'out/messages.ndjson'), 'utf8');
    return text.trimEnd().split('\n');
  };
  const bodyOf = (key: string): string => JSON.stringify({ key });

  test('before the start, status shows what the backfill will read and how to start it', async () => {
    const args = ['example', '--local', '--inventory', folder.inventory];

    const { code, stdout, stderr } = await runCli('backfill', args, { cwd: FIXTURE });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('example: not started\n');
    expect(stdout).toMatch(/report 2022-04-22-01-00: 1 file, \d+ bytes; .* at most 0\.00005 USD/);
    expect(stdout).toContain('npm run backfill -- example start --local --inventory');
  });

  test('[N21] start shows the chunk at work, rates and the time left, in a line now and then', async () => {
    const listing = join(folder.path, 'keys.txt');
    await writeFile(listing, 'no/such/key\n');
    const out = join(folder.path, 'chunks');
    const args = ['sentinel1', 'start', '--local', '--inventory', listing, '--out', out];

    // 2,757 days take minutes: the command is stopped after its first line.
    const { stdout, stderr } = await runCli('backfill', [...args, '--chunks', 'all'], {
      onStart: (child) => {
        child.stderr?.on('data', (text: Buffer) => {
          if (String(text).includes(' left, ')) child.kill('SIGINT');
        });
      },
    });

    expect(stderr).toMatch(
      /^chunk \d{4}-\d\d-\d\d \(\d+ of 2,757 done\), .*\d s left, [\d.]+ chunks\/s, 0 rows\/s, 0 rows, 0 messages\n\nfinishing/,
    );
    expect(stdout).toContain('stopped early; start continues from there');
  });

  test('start sends the next chunk, and status shows the progress', async () => {
    const started = await local('start');
    const { json } = await local('status');

    expect(started.stdout).toContain(
      'example: chunk 2022-04-20 is done: 3 rows, 2 messages sent, 1 skipped; next is 2022-04-21\n',
    );
    expect(await messages()).toEqual([bodyOf(KEYS[0]), bodyOf(KEYS[1])]);
    expect(json).toMatchObject({
      pipeline: 'example',
      state: 'waiting',
      chunk: '2022-04-21',
      chunksDone: 1,
      rows: 3,
      sent: 2,
      skipped: 1,
      refused: 0,
      dt: DT,
      isAnotherInventory: false,
    });
  });

  test('start can send all chunks at once; a restart then begins from scratch', async () => {
    const all = await local('start', { chunks: Infinity });
    const sent = await messages();
    const [status, again] = [await local('status'), await local('start')];
    const restarted = await local('restart', { chunk: '2022-4-21', yes: true });

    expect(all.stdout).toContain('the backfill is complete: 4 rows, 3 messages sent');
    expect(sent).toHaveLength(3);
    expect(status.stdout).toContain('example: complete, last was chunk 2022-04-21 (2 chunks done)');
    expect(again.stdout).toContain('the backfill is complete');
    expect(restarted.stdout).toContain('discarded earlier progress: complete, chunk 2022-04-21\n');
    expect(await messages()).toEqual([bodyOf(KEYS[3])]);
  });

  test('a paused backfill sends nothing until it is resumed', async () => {
    await local('start');

    const paused = await local('pause');
    const start = await local('start');
    const resumed = await local('resume');

    expect(paused.stdout).toContain('example: paused: no further chunk is started\n');
    expect(start.code).toBe(1);
    expect(start.stdout).toContain(
      'the backfill is paused\n  To continue: npm run backfill -- example',
    );
    expect(await messages()).toHaveLength(2);
    expect(resumed.stdout).toContain('no longer paused; chunk 2022-04-21 is waiting\n');
  });

  test('a dry run shows the first messages and leaves no trace', async () => {
    const { code, stdout } = await local('dry-run');
    const later = await local('dry-run', { chunk: '2022-04-21' });

    expect(code).toBe(0);
    expect(stdout).toContain('dry run of chunk 2022-04-20, nothing was sent\n');
    expect(stdout).toContain('3 rows: 2 messages would be sent, 1 row skipped, 0 rows refused\n');
    expect(stdout).toContain(`    ${bodyOf(KEYS[1])}\n`);
    expect(later.json).toMatchObject({ messages: [bodyOf(KEYS[3])] });
    await expect(readFile(join(folder.path, 'out/cursor.json'))).rejects.toThrow('ENOENT');
  });

  test.each([
    ['all', ['a.odd', 'b.odd'], '2 messages, 0 name a granule'],
    ['some', ['a', 'b.odd', 'c'], '3 messages, 2 name a granule'],
    ['the only one', ['b.odd'], '1 message, 0 name a granule'],
  ])(
    '[N01] a dry run and a start exit with 1 if %s of the messages name no granule',
    async (_, names, sentence) => {
      const listing = join(folder.path, 'keys.txt');
      await writeFile(listing, names.map((name) => `2022-04-20/${name}\n`).join(''));

      const dry = await from(listing, 'dry-run');
      const started = await from(listing, 'start');

      expect([dry.code, started.code]).toEqual([1, 1]);
      for (const { stdout } of [dry, started]) {
        expect(stdout).toContain(
          `  ${sentence}: compare rowToMessageBody in historic.ts with parseMessage in app.ts`,
        );
      }
      expect(dry.stdout).toMatch(
        / {2}messages that name no granule:\n {4}parseMessage skips it: {"key":"2022-04-20\/[ab]\.odd"}\n/,
      );
      expect(dry.json).toMatchObject({ roundTrips: { messages: names.length } });
    },
  );

  test('describe prints the dates, rows, bytes and the two lines of config.yaml', async () => {
    const fitting = await local('describe');
    await folder.write([...FIELDS, 'ETag']);
    const { stdout } = await local('describe');

    expect(fitting.stdout).toContain('config.yaml matches it:\n');
    expect(stdout).toContain(`1 report, from ${DT} to ${DT}\n  4 rows (current objects)\n`);
    expect(stdout).toContain(
      'config.yaml does not match it. Change these two lines:\n' +
        'inventory_format: csv\ninventory_fields: [Bucket, Key, Size, ETag]\n',
    );
  });

  test('an ORC report is described, and rejected in one sentence', async () => {
    const manifest = join(folder.inventory, '2022-04-22T01-00Z/manifest.json');
    const report = JSON.parse(await readFile(manifest, 'utf8')) as object;
    const orc = { ...report, fileFormat: 'ORC', fileSchema: 'struct<bucket:string,key:string>' };
    await writeFile(manifest, JSON.stringify(orc));

    const { stdout } = await local('describe');

    expect(stdout).toContain('rows not counted: ORC reports cannot be read on this machine\n');
    expect(stdout).toContain('inventory_format: orc\ninventory_fields: [bucket, key]\n');
    await expect(local('start')).rejects.toThrow('DuckDB cannot read ORC reports: ');
  });

  test('a backfill without any matching row is empty, not complete', async () => {
    const listing = join(folder.path, 'none.csv');
    await writeFile(listing, 'other/x\n');

    const { code, stdout } = await from(listing, 'start', { chunks: Infinity });

    expect(code).toBe(1);
    expect(stdout).toContain('example: no matching row: ');
    expect(stdout).not.toContain('Messages:');
    expect(await from(listing, 'status')).toMatchObject({ code: 1, json: { state: 'empty' } });
  });

  /** A listing of 200 keys; the pipeline of the fixture refuses those that end with `refuse`. */
  const listingOf = async (refused: number, chunk = '2022-04-20'): Promise<string> => {
    const listing = join(folder.path, 'keys.txt');
    const good = Array.from({ length: 200 - refused }, (_, index) => `${chunk}/${index}`);
    const bad = Array.from({ length: refused }, (_, index) => `${chunk}/${index}.refuse`);
    await writeFile(listing, [...bad, ...good].join('\n'));
    return listing;
  };
  const letters = async (): Promise<string[]> => {
    const text = await readFile(join(folder.path, 'out/dead-letters.ndjson'), 'utf8');
    return text.split('\n').filter((line) => line !== '');
  };

  test('a later status counts refused rows, with the exit code 0', async () => {
    const listing = await listingOf(1);
    await from(listing, 'start', { chunks: Infinity });

    const { code, stdout } = await from(listing, 'status');
    expect(code).toBe(0);
    expect(stdout).toContain('200: 199 sent, 0 skipped, 1 refused\n');
  });

  test('[N02] one refused row of 200 is a dead letter, and the exit code is 1', async () => {
    const { code, stdout } = await from(await listingOf(1), 'start', { chunks: Infinity });

    expect(code).toBe(1);
    expect(stdout).toContain('the backfill is complete: 200 rows, 199 messages sent, 1 refused\n');
    expect(stdout).toContain(`  Refused rows: ${join(folder.path, 'out/dead-letters.ndjson')}\n`);
    expect((await letters()).map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        reason: 'rowToMessageBody: it is to be refused',
        error: 'RefusedRow',
        attributes: expect.objectContaining({ refused_row: '2022-04-20/0.refuse' }) as unknown,
      }),
    ]);
    expect(await messages()).toHaveLength(199);
  });

  test('[N02] a chunk with more refused rows fails, is shown, and starts again once it is fixed', async () => {
    const listing = await listingOf(3);
    const first = await from(listing, 'start');
    const status = await from(listing, 'status');
    const dry = await from(listing, 'dry-run');
    const second = await from(listing, 'start');
    const failed = await letters();
    await listingOf(0);
    const fixed = await from(listing, 'start', { chunks: Infinity });

    expect([first, status, dry, second, fixed].map(({ code }) => code)).toEqual([1, 1, 1, 1, 0]);
    expect(first.stdout).toContain(
      "3 of 200 rows of chunk 2022-04-20 were refused (more than 1 %), the first '2022-04-20/0.refuse'",
    );
    expect(status.stdout).toContain('example: failed, chunk 2022-04-20');
    expect(status.stdout).toContain('  rows       200: 197 sent, 0 skipped, 3 refused\n');
    expect(dry.stdout).toContain('197 messages would be sent, 0 rows skipped, 3 rows refused\n');
    expect(dry.stdout).toContain('3 of 200 rows of chunk 2022-04-20 were refused');
    // The chunk was read again from its first row, so that its earlier dead letters are outdated.
    expect(failed).toHaveLength(3);
    expect(fixed.stdout).toContain('the backfill is complete: 200 rows, 200 messages sent\n');
    expect(await letters()).toEqual([]);
  });

  test('a listing works as well', async () => {
    const listing = join(folder.path, 'keys.txt');
    await writeFile(listing, KEYS.join('\n'));

    const [described, started] = [await from(listing, 'describe'), await from(listing, 'start')];

    expect(described.stdout).toContain('4 rows (current objects)\n  A listing needs neither');
    expect(started.stdout).toContain('3 rows, 2 messages sent');
  });

  test('the work of a killed process is taken over at once, without losing messages', async () => {
    await local('start');
    const path = join(folder.path, 'out/cursor.json');
    const { version, cursor } = JSON.parse(await readFile(path, 'utf8')) as {
      version: number;
      cursor: BackfillCursor;
    };
    // No process has this id.
    const lease = { owner: 'local-99999999', until: Date.now() + 60_000 };
    const killed = { ...cursor, stage: 'pending', lease };
    await writeFile(path, JSON.stringify({ version, cursor: killed }));
    const interrupted = await local('status');
    const left = await local('start');
    const busy = {
      ...cursor,
      stage: 'pending',
      lease: { ...lease, owner: `local-${process.pid}` },
    };
    await writeFile(path, JSON.stringify({ version, cursor: busy }));

    expect(interrupted.stdout).toContain('example: interrupted, chunk 2022-04-21');
    expect(left.stdout).toContain('the backfill is complete');
    expect((await local('start')).stdout).toContain(
      'another process is working on this backfill\n',
    );
  });

  describe('repost', () => {
    const range = { from: '2022-04-20', to: '2022-04-21' };
    const reposted = async (): Promise<string[]> => {
      const text = await readFile(join(folder.path, 'out/repost/messages.ndjson'), 'utf8');
      return text.trimEnd().split('\n').sort();
    };

    test('sends a range beside the backfill, to its end, and status shows both', async () => {
      await local('start');
      const before = await readFile(join(folder.path, 'out/cursor.json'), 'utf8');

      const { code, stdout, json } = await local('repost', range);
      const status = await local('status');

      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^report 2022-04-22-01-00, chunks 2022-04-20 to 2022-04-21: 2 chunks, 2 queries, free on this machine; in AWS at most 0\.0001 USD .*\nexample: the repost is complete: 4 rows, 3 messages sent, 1 skipped\n/,
      );
      expect(json).toMatchObject({ outcome: 'complete', range: { ...range, count: 2 } });
      expect(await reposted()).toEqual(
        ['2022-04-20/a', '2022-04-20/b c', '2022-04-21/d'].map(bodyOf),
      );
      expect(await readFile(join(folder.path, 'out/cursor.json'), 'utf8')).toBe(before);
      expect(await messages()).toHaveLength(2);
      expect(status.code).toBe(0);
      expect(status.stdout).toContain(
        'example: repost complete, chunks 2022-04-20 to 2022-04-21 (2 of 2 chunks done)\n',
      );
      expect(status.json).toMatchObject({
        state: 'waiting',
        sent: 2,
        repost: { state: 'complete', sent: 3, chunksDone: 2, range: { count: 2 } },
      });
    });

    test('takes its ends in either order, and a condition', async () => {
      const swapped = { from: range.to, to: range.from, where: "key LIKE '%d' OR key LIKE '%a'" };

      expect((await local('repost', swapped)).code).toBe(0);

      expect(await reposted()).toEqual(['2022-04-20/a', '2022-04-21/d'].map(bodyOf));
    });

    test.each([
      ['key = "a', 'a " is not closed (given "key = \\"a")'],
      ["key = 'a'; DELETE FROM inventory", 'it has a semicolon (given "key'],
      ["keys = 'a'", 'Referenced column "keys" not found'],
      ['nonsense(key)', 'nonsense does not exist'],
      ['size > > 1', 'syntax error'],
    ])('refuses the condition %j before anything is stored', async (where, fault) => {
      await expect(local('repost', { ...range, where })).rejects.toThrow(fault);
      await expect(local('dry-run', { where })).rejects.toThrow(fault);

      expect((await local('status')).json).not.toHaveProperty('repost');
    });

    test.each([
      [{}, 'repost requires --from <chunk> and --to <chunk>'],
      [{ from: '2022-04-20' }, '(missing: --to)'],
      [{ from: '2022-04-20', to: '2022-02-30' }, '--to looks like a date'],
      [
        { from: '2022-04-20', to: '2022-04-19' },
        'nextChunk leads neither from "2022-04-20" to "2022-04-19" nor back',
      ],
      [{ from: 'never', to: 'never' }, 'there is no such chunk'],
    ])('refuses %j', async (options, fault) => {
      await expect(local('repost', options)).rejects.toThrow(fault);
    });

    test('begins nothing if the person says no', async () => {
      const questions: string[] = [];
      const ask = (question: string) => {
        questions.push(question);
        return Promise.resolve(false);
      };

      const { stdout } = await local('repost', { ...range, ask });

      expect(questions).toEqual(['Send chunks 2022-04-20 to 2022-04-21 of example again?']);
      expect(stdout).toContain('example: nothing was started\n');
      expect((await local('status')).json).not.toHaveProperty('repost');
    });

    test('is paused, refuses another range, is cancelled, and then another one begins', async () => {
      const none = await local('cancel');
      await local('repost', range);
      const cursor = JSON.parse(
        await readFile(join(folder.path, 'out/repost/cursor.json'), 'utf8'),
      ) as { readonly version: number; readonly cursor: BackfillCursor };
      const waiting = { ...cursor.cursor, stage: 'waiting', chunks: 1 };
      await writeFile(
        join(folder.path, 'out/repost/cursor.json'),
        JSON.stringify({ version: cursor.version, cursor: waiting }),
      );
      const paused = await local('pause', { repost: true });
      const status = await local('status');
      const other = local('repost', { from: range.from, to: range.from });
      await expect(other).rejects.toThrow(
        /^another repost of chunks 2022-04-20 to 2022-04-21 of example has not ended \(waiting\).* end it with npm run backfill -- example cancel --local/,
      );
      const cancelled = await local('cancel');
      const next = await local('repost', { from: range.from, to: range.from });

      expect([none.code, none.stdout]).toEqual([
        1,
        'example: there has been no repost: there is nothing to cancel\n',
      ]);
      expect(paused.stdout).toMatch(/resume --local --inventory \S+ --out \S+ --repost\n$/);
      expect(status.stdout).toContain('example: repost paused, chunks');
      expect(cancelled.stdout).toContain('is cancelled at chunk 2022-04-21');
      expect(next.json).toMatchObject({ outcome: 'complete', range: { count: 1 } });
    });

    test('goes on where it was stopped, with the same command', async () => {
      const out = join(folder.path, 'out');
      let isStopped = false;
      const place = { inventory: folder.inventory, out, chunks: 1, isStopped: () => isStopped };
      const target = await localBackfill(pipeline, place);
      // The run is stopped once its first chunk is done.
      const { cursors } = target.reposts;
      const write = cursors.write.bind(cursors);
      Object.assign(cursors, {
        write: (cursor: BackfillCursor, version: number | undefined) => {
          isStopped ||= cursor.chunks === 1;
          return write(cursor, version);
        },
      });

      const first = await act(target, 'repost', range);
      const second = await local('repost', range);

      expect(first.stdout).toContain('stopped early; the same command continues from there');
      expect(second.stdout).toContain('the repost is complete: 4 rows, 3 messages sent');
      expect(await reposted()).toHaveLength(3);
    });
  });

  test('dry-run tells what the whole backfill costs and has, and takes a condition', async () => {
    const whole = await local('dry-run');
    const some = await local('dry-run', { where: "key LIKE '%/a'" });

    expect(whole.stdout).toMatch(
      /if all chunks are like this one, chunks 2022-04-20 to 2022-04-21: 2 chunks, 2 queries, free on this machine; in AWS at most 0\.0001 USD \(Athena's list price\); about 4 messages/,
    );
    expect(whole.json).toMatchObject({ cost: { chunks: 2, queries: 2, messages: 4 } });
    expect(some.json).toMatchObject({ counts: { rows: 1, sent: 1 } });
  });
});
