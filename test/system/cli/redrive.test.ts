import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deployedDeadLetters } from '../../../cli/redrive/deployed.js';
import { deployedPipeline } from '../../../cli/shared/deployed-pipeline.js';
import { redrive, type RedriveOptions } from '../../../cli/redrive/action.js';
import { deadLetterAttributes } from '../../../lambdas/queue/dead-letters.js';
import { AWS_ENV, runCli, type CliOptions } from '../../support/cli/run-cli.js';
import { startSqs, type SqsServer } from '../../../local/queue/sqs-server.js';

const QUEUE = 'demo-sentinel1-granules';
const DEAD = 'demo-sentinel1-granules-dead-letters';
const UNDELIVERED = 'demo-sentinel1-subscription-dead-letters';

let folder: string;
let sqs: SqsServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redrive-'));
  await startWith([QUEUE, DEAD, UNDELIVERED]);
});

afterEach(async () => {
  await sqs.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startWith(...args: Parameters<typeof startSqs>): Promise<void> {
  sqs = await startSqs(...args);
  Object.assign(process.env, AWS_ENV, { AWS_ENDPOINT_URL: sqs.url });
}

/** The command without its process. */
async function run(options: RedriveOptions = {}, ask = () => Promise.resolve(true)) {
  const sentinel1 = { id: 'sentinel1', folder: 'pipelines/sentinel1' };
  const store = deployedDeadLetters(deployedPipeline(sentinel1), join(folder, 'out/sentinel1'));
  const printed: string[] = [];
  const print = (text: string): void => {
    printed.push(text);
  };
  const code = await redrive({ pipeline: 'sentinel1', store, options, print, ask });
  return { code, stdout: printed.join('\n') };
}

/** The command as npm runs it: it finds pipelines, and leaves what it writes, where it is called. */
function runProcess(args: readonly string[], options: CliOptions = {}) {
  if (!existsSync(join(folder, 'pipelines'))) {
    symlinkSync(resolve('pipelines'), join(folder, 'pipelines'));
  }
  const env = { AWS_ENDPOINT_URL: sqs.url };
  return runCli('redrive', ['sentinel1', ...args], { cwd: folder, env, ...options });
}

/** As the handler leaves it. */
function sendDead(
  path: string,
  reason: string,
  kind: 'permanent' | 'transient' = 'permanent',
): string {
  const body = JSON.stringify({ path });
  const attributes = deadLetterAttributes(
    {
      body,
      messageId: `m-${path}`,
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1714557600000' },
    },
    {
      pipeline: 'sentinel1',
      correlationId: `c-${path}`,
      itemId: path,
      failure: { kind, name: 'GranuleError', message: reason },
    },
  );
  return sqs.queue(DEAD).send(body, { attributes });
}

function bodiesIn(name: string): string[] {
  const records = sqs.queue(name).receive(1000);
  for (const { receiptHandle } of records) sqs.queue(name).changeVisibility(receiptHandle, 0);
  return records.map(({ body }) => body);
}

describe('listing', () => {
  test('groups reasons that differ in names alone, and changes nothing', async () => {
    for (const path of ['GRD/1', 'GRD/2', 'GRD/3'])
      sendDead(path, `s3://b/${path}: <pass> is missing`);
    sqs.queue(DEAD).send('{"path":"GRD/killed"}');
    const attributes = { ErrorCode: 'AccessDenied', ErrorMessage: 'not allowed' };
    sqs.queue(UNDELIVERED).send('{"path":"GRD/undelivered"}', { attributes });

    const { code, stdout, stderr } = await runProcess([]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout
      .split('\n')
      .map((line) => line.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\dZ/g, 'TIME'));
    expect(lines).toEqual([
      `sentinel1: 5 dead letters (4 in ${DEAD}, 1 in ${UNDELIVERED}).`,
      '',
      expect.stringMatching(/^COUNT +KIND +OLDEST +NEWEST +REASON$/),
      '    3  permanent  TIME  TIME  GranuleError: <href>: <pass> is missing  (the oldest: GRD/1)',
      '    1  -          TIME  TIME  no recorded reason (killed or timed out)  (it: {"path":"GRD/killed"})',
      '    1  -          TIME  TIME  AccessDenied: SNS could not deliver it to the queue: not allowed  (it: {"path":"GRD/undelivered"})',
      '',
      'To send them again: npm run redrive -- sentinel1 --send, with the same filters.',
      '',
    ]);
    expect([sqs.queue(DEAD).visibleCount, sqs.queue(UNDELIVERED).visibleCount]).toEqual([4, 1]);
  });

  test('--json holds every chosen letter whole, and the filters choose', async () => {
    sendDead('GRD/1', 'one');
    sendDead('GRD/2', 'two');

    const { stdout } = await runProcess([
      '--json',
      '--reason',
      'TWO',
      '--since',
      '1h',
      '--limit',
      '1',
    ]);

    expect(JSON.parse(stdout)).toEqual({
      pipeline: 'sentinel1',
      total: 2,
      chosen: 1,
      notes: [],
      groups: [expect.objectContaining({ reason: 'GranuleError: two', count: 1 })],
      letters: [
        {
          id: expect.any(String) as unknown as string,
          queue: DEAD,
          body: '{"path":"GRD/2"}',
          reason: 'two',
          error: 'GranuleError',
          kind: 'permanent',
          failedAt: expect.any(String) as unknown as string,
          receiveCount: 1,
          sentAt: '2024-05-01T10:00:00.000Z',
          itemId: 'GRD/2',
          correlationId: 'c-GRD/2',
        },
      ],
    });
  });

  test('no dead letters is a sentence', async () => {
    await expect(run()).resolves.toEqual({ code: 0, stdout: 'sentinel1: no dead letters.' });
  });

  test('a queue that is not there is named, with what to look at', async () => {
    await sqs.close();
    await startWith([QUEUE]);

    await expect(run()).rejects.toThrow(
      `there is no queue ${DEAD}: is the pipeline deployed, under this PROJECT`,
    );
  });

  test("the subscription's dead letters may be missing; the others show", async () => {
    await sqs.close();
    await startWith([QUEUE, DEAD]);
    sendDead('GRD/1', 'one');

    const { code, stdout } = await run();

    expect(code).toBe(1);
    expect(stdout).toContain('sentinel1: 1 dead letter');
    expect(stdout).toContain(`Not read: there is no queue ${UNDELIVERED}`);
  });
});

describe('sending', () => {
  test('a no sends nothing', async () => {
    sendDead('GRD/1', 'one');

    const { code, stdout } = await run({ send: true }, () => Promise.resolve(false));

    expect({ code, last: stdout.split('\n').at(-1) }).toEqual({
      code: 0,
      last: 'Nothing was sent.',
    });
    expect(bodiesIn(QUEUE)).toEqual([]);
  });

  test('moves the chosen ones with their bodies and correlation ids', async () => {
    sendDead('GRD/1', 'mended');
    sendDead('GRD/2', 'not mended');

    const { code, stdout } = await run({ reason: 'error: mended', send: true });

    expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({
      code: 0,
      last: 'Sent 1 message again.',
    });
    const [record, ...others] = sqs.queue(QUEUE).receive();
    expect({ body: record?.body, attributes: record?.messageAttributes, others }).toEqual({
      body: '{"path":"GRD/1"}',
      attributes: { correlation_id: expect.objectContaining({ stringValue: 'c-GRD/1' }) as object },
      others: [],
    });
    expect(bodiesIn(DEAD)).toEqual(['{"path":"GRD/2"}']);
    expect(existsSync(join(folder, 'out/sentinel1/redrive-journal.ndjson'))).toBe(false);
  });

  test('does not send without being told yes', async () => {
    sendDead('GRD/1', 'one');

    const { code, stderr } = await runProcess(['--send']);

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'redrive: nobody is there to be asked (stdin is no terminal): add --yes. See --help.\n',
    });
    expect(bodiesIn(QUEUE)).toEqual([]);
    expect(bodiesIn(DEAD)).toHaveLength(1);
  });

  test('a malformed one is reported and stays; a refused one too, and the others go', async () => {
    sqs.queue(DEAD).send('{"Records":[{"half":1}]}');
    sendDead('REFUSE ME', 'one');
    sendDead('GRD/2', 'two');

    const { code, stdout } = await run({ send: true });

    expect(code).toBe(1);
    expect(stdout).toContain('1 message that no handler can read, never sent again:');
    expect(stdout).toContain('Sent 1 message again.');
    expect(stdout).toMatch(
      /Not sent, still a dead letter: \S+: InvalidMessageContents: refused here/,
    );
    expect(bodiesIn(QUEUE)).toEqual(['{"path":"GRD/2"}']);
    expect(bodiesIn(DEAD).toSorted()).toEqual(['{"Records":[{"half":1}]}', '{"path":"REFUSE ME"}']);
  });

  test('letters of both queues go to the one queue', async () => {
    sendDead('GRD/1', 'one');
    sqs.queue(UNDELIVERED).send('{"path":"GRD/2"}', { attributes: { ErrorCode: 'AccessDenied' } });

    await run({ send: true });

    expect(bodiesIn(QUEUE).toSorted()).toEqual(['{"path":"GRD/1"}', '{"path":"GRD/2"}']);
    expect([...bodiesIn(DEAD), ...bodiesIn(UNDELIVERED)]).toEqual([]);
  });
});

describe('interrupted', () => {
  const COUNT = 120;

  test.each(['SIGKILL', 'SIGINT'] as const)(
    '%s while sending loses nothing, and the next run ends it',
    async (signal) => {
      await sqs.close();
      await startWith([QUEUE, DEAD, UNDELIVERED], { delayMs: 15 });
      const paths = Array.from({ length: COUNT }, (_, index) => `GRD/${index}`);
      for (const path of paths) sendDead(path, 'one');

      const first = await runProcess(['--send', '--yes'], {
        onStart: (child) => {
          const watch = setInterval(() => {
            if (child.exitCode !== null || child.signalCode !== null) clearInterval(watch);
            if (!sqs.calls.includes('SendMessageBatch')) return;
            clearInterval(watch);
            child.kill(signal);
          }, 1);
        },
      });
      // What a killed command had received comes back when its visibility ends, which the test does not wait for.
      const dead = sqs.queue(DEAD);
      for (const handle of handlesOf(dead)) dead.changeVisibility(handle, 0);
      const left = bodiesIn(DEAD).length;
      const second = await run({ send: true });

      expect(first.code).toBe(signal === 'SIGKILL' ? null : 130);
      expect(left).toBeGreaterThan(0);
      expect(second.code).toBe(0);
      expect(bodiesIn(DEAD)).toEqual([]);
      const sent = bodiesIn(QUEUE);
      expect(new Set(sent).size).toBe(COUNT);
      // Only what was on its way at the kill can be there twice, and the command says how many those are.
      const doubled = sent.length - COUNT;
      const admitted = Number(
        /Of these (\d+) may have been sent before/.exec(second.stdout)?.[1] ?? 0,
      );
      expect(doubled).toBeLessThanOrEqual(signal === 'SIGKILL' ? admitted : 0);
    },
  );
});

/** Receipt handles of everything in flight: a test may know them, a client may not. */
function handlesOf(queue: ReturnType<SqsServer['queue']>): string[] {
  const { hidden } = queue as unknown as { readonly hidden: ReadonlyMap<string, unknown> };
  return [...hidden.keys()];
}
