import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deployedDeadLetters } from '../../../cli/redrive/aws-store.js';
import { deployedPipeline } from '../../../cli/shared/deployed-pipeline.js';
import { redrive, type RedriveOptions } from '../../../cli/redrive/action.js';
import { deadLetterAttributes } from '../../../lambdas/queue/dead-letters.js';
import { FIXTURES } from '../../support/cli/fixture-project.js';
import { AWS_ENV, runCli, type CliOptions } from '../../support/cli/run-cli.js';
import { startSqs, type SqsServer } from '../../../local/queue/sqs-server.js';

const QUEUE = 'demo-waves-granules';
const DEAD = 'demo-waves-granules-dead-letters';
const UNDELIVERED = 'demo-waves-subscription-dead-letters';

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

/** Runs the command within this process. */
async function run(options: RedriveOptions = {}, ask = () => Promise.resolve(true)) {
  const waves = { id: 'waves', folder: 'test/fixtures/pipelines/waves' };
  const store = deployedDeadLetters(deployedPipeline(waves), join(folder, 'out/waves'));
  const printed: string[] = [];
  const print = (text: string): void => {
    printed.push(text);
  };
  const code = await redrive({ pipeline: 'waves', store, options, print, ask });
  return { code, stdout: printed.join('\n') };
}

/** Runs the command as npm does, with `folder` as the current directory. */
function runProcess(args: readonly string[], options: CliOptions = {}) {
  if (!existsSync(join(folder, 'pipelines'))) {
    symlinkSync(FIXTURES, join(folder, 'pipelines'));
  }
  const env = { AWS_ENDPOINT_URL: sqs.url };
  return runCli('redrive', ['waves', ...args], { cwd: folder, env, ...options });
}

/** Adds a dead letter like the handler's. */
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
      messageAttributes: {},
    },
    {
      pipeline: 'waves',
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
  test('groups reasons that differ only in names, and changes nothing', async () => {
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
      `waves: 5 dead letters (4 in ${DEAD}, 1 in ${UNDELIVERED}).`,
      '',
      expect.stringMatching(/^COUNT +KIND +OLDEST +NEWEST +REASON$/),
      '    3  permanent  TIME  TIME  GranuleError: <href>: <pass> is missing  (oldest: GRD/1)',
      '    1  -          TIME  TIME  no recorded reason (killed or timed out)  (message: {"path":"GRD/killed"})',
      '    1  -          TIME  TIME  AccessDenied: SNS could not deliver the message to the queue: not allowed  (message: {"path":"GRD/undelivered"})',
      '',
      'To send them again, run the same command with --send.',
      '',
    ]);
    expect([sqs.queue(DEAD).visibleCount, sqs.queue(UNDELIVERED).visibleCount]).toEqual([4, 1]);
  });

  test('--json prints every selected dead letter in full', async () => {
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
      pipeline: 'waves',
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

  test('an empty queue is reported in one sentence', async () => {
    await expect(run()).resolves.toEqual({ code: 0, stdout: 'waves: no dead letters.' });
  });

  test('a missing queue is named, with what to check', async () => {
    await sqs.close();
    await startWith([QUEUE]);

    await expect(run()).rejects.toThrow(
      `queue ${DEAD} does not exist in eu-central-1: check that the pipeline is deployed`,
    );
  });

  test("the subscription's queue may be missing; the other dead letters are listed", async () => {
    await sqs.close();
    await startWith([QUEUE, DEAD]);
    sendDead('GRD/1', 'one');

    const { code, stdout } = await run();

    expect(code).toBe(1);
    expect(stdout).toContain('waves: 1 dead letter');
    expect(stdout).toContain(`Could not read: queue ${UNDELIVERED} does not exist`);
  });
});

describe('sending', () => {
  test('answering no sends nothing', async () => {
    sendDead('GRD/1', 'one');

    const { code, stdout } = await run({ send: true }, () => Promise.resolve(false));

    expect({ code, last: stdout.split('\n').at(-1) }).toEqual({
      code: 0,
      last: 'Nothing was sent.',
    });
    expect(bodiesIn(QUEUE)).toEqual([]);
  });

  test('moves the selected ones with their bodies and correlation ids', async () => {
    sendDead('GRD/1', 'fixed');
    sendDead('GRD/2', 'not fixed');

    const { code, stdout } = await run({ reason: 'error: fixed', send: true });

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
    expect(existsSync(join(folder, 'out/waves/redrive-journal.ndjson'))).toBe(false);
  });

  test('does not send without confirmation', async () => {
    sendDead('GRD/1', 'one');

    const { code, stderr } = await runProcess(['--send']);

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'redrive: --send cannot ask for confirmation, because stdin is not a terminal: add --yes. Run "npm run redrive -- --help" for usage.\n',
    });
    expect(bodiesIn(QUEUE)).toEqual([]);
    expect(bodiesIn(DEAD)).toHaveLength(1);
  });

  test('malformed and refused messages are reported and stay; the others are sent', async () => {
    sqs.queue(DEAD).send('{"Records":[{"half":1}]}');
    sendDead('REFUSE ME', 'one');
    sendDead('GRD/2', 'two');

    const { code, stdout } = await run({ send: true });

    expect(code).toBe(1);
    expect(stdout).toContain('1 message that no handler can parse; not sent again:');
    expect(stdout).toContain('Sent 1 message again.');
    expect(stdout).toMatch(
      /Not sent, still in the dead-letter queue: \S+: InvalidMessageContents: rejected by the local queue/,
    );
    expect(bodiesIn(QUEUE)).toEqual(['{"path":"GRD/2"}']);
    expect(bodiesIn(DEAD).toSorted()).toEqual(['{"Records":[{"half":1}]}', '{"path":"REFUSE ME"}']);
  });

  test('dead letters of both queues go to the granule queue', async () => {
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
    '%s while sending loses nothing, and the next run finishes it',
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
      // Messages that the killed command had received stay invisible until their timeout; the test does not wait for it.
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
      // Only messages in flight at the kill can be duplicated, and the command reports their number.
      const doubled = sent.length - COUNT;
      const admitted = Number(
        /(\d+) of these may have been sent twice/.exec(second.stdout)?.[1] ?? 0,
      );
      expect(doubled).toBeLessThanOrEqual(signal === 'SIGKILL' ? admitted : 0);
    },
  );
});

/** Receipt handles of all messages in flight, which only a test can see. */
function handlesOf(queue: ReturnType<SqsServer['queue']>): string[] {
  const { hidden } = queue as unknown as { readonly hidden: ReadonlyMap<string, unknown> };
  return [...hidden.keys()];
}
