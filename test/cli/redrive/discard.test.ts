import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { redrive, type RedriveOptions } from '../../../cli/redrive/action.js';
import { deployedDeadLetters } from '../../../cli/redrive/aws-store.js';
import { deployedPipeline } from '../../../cli/shared/deployed-pipeline.js';
import { startSqs, type SqsServer } from '../../../local/queue/sqs-server.js';
import { AWS_ENV } from '../../support/cli/run-cli.js';

const GRANULES = 'demo-waves-granules';
const DEAD = 'demo-waves-granules-dead-letters';
const UNDELIVERED = 'demo-waves-subscription-dead-letters';
const SCHEDULES = 'demo-waves-schedule-dead-letters';
const RUNS = 'demo-waves-historic-on-failure';
const VERIFICATIONS = 'demo-waves-verify-on-failure';

const environment = { ...process.env };
let folder: string;
let sqs: SqsServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'discard-'));
  await start([GRANULES, DEAD, UNDELIVERED, SCHEDULES, RUNS, VERIFICATIONS]);
});

afterEach(async () => {
  process.env = { ...environment };
  await sqs.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(queues: readonly string[]): Promise<void> {
  sqs = await startSqs(queues);
  Object.assign(process.env, AWS_ENV, { AWS_ENDPOINT_URL: sqs.url });
}

async function run(options: RedriveOptions, answer = true) {
  const pipeline = deployedPipeline({ id: 'waves', folder: 'test/fixtures/pipelines/waves' });
  const store = deployedDeadLetters(pipeline, join(folder, 'out'));
  const printed: string[] = [];
  const questions: string[] = [];
  const code = await redrive({
    pipeline: 'waves',
    store,
    options,
    print: (text) => void printed.push(text),
    ask: (question) => {
      questions.push(question);
      return Promise.resolve(answer);
    },
  });
  return { code, text: printed.join('\n'), questions };
}

function sendDead(path: string, reason: string): void {
  const body = JSON.stringify({ path });
  sqs.queue(DEAD).send(body, { attributes: { reason, error: 'GranuleError', kind: 'permanent' } });
}

/** What Lambda sends to a destination when the last attempt failed. */
function failedRun(errorMessage: string): string {
  return JSON.stringify({
    version: '1.0',
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: {},
    responsePayload: { errorType: 'QueryError', errorMessage },
  });
}

function countIn(name: string): number {
  return sqs.queue(name).visibleCount + sqs.queue(name).hiddenCount;
}

describe('discarding', () => {
  const to = () => join(folder, 'dead-letters.ndjson');

  test('writes the selected dead letters to a file, then deletes them, and leaves the others', async () => {
    for (let index = 0; index < 25; index += 1) sendDead(`GRD/${index}`, 'no footprint');
    sendDead('GRD/x', 'another reason');

    const { code, text, questions } = await run({ discard: true, to: to(), reason: 'footprint' });

    expect(questions).toEqual([`Write 25 dead letters of waves to ${to()} and delete them?`]);
    expect(text).toContain(`Wrote 25 dead letters to ${to()} and deleted them from their queues.`);
    expect(code).toBe(0);
    const lines = readFileSync(to(), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(25);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      queue: DEAD,
      body: expect.stringContaining('GRD/') as unknown,
      attributes: { reason: 'no footprint', error: 'GranuleError', kind: 'permanent' },
    });
    expect([countIn(DEAD), countIn(GRANULES)]).toEqual([1, 0]);
  });

  test('changes nothing if the answer is no', async () => {
    sendDead('GRD/1', 'no footprint');

    const { text } = await run({ discard: true, to: to() }, false);

    expect(text).toContain('Nothing was deleted.');
    expect(countIn(DEAD)).toBe(1);
  });

  test('deletes nothing if the file cannot be written', async () => {
    sendDead('GRD/1', 'no footprint');

    await expect(run({ discard: true, to: join(folder, 'none/x.ndjson') })).rejects.toThrow(
      'none/x.ndjson',
    );
    expect([sqs.queue(DEAD).visibleCount, sqs.queue(DEAD).hiddenCount]).toEqual([1, 0]);
  });

  test('continues a file that exists', async () => {
    writeFileSync(to(), '{"messageId":"earlier"}\n');
    sendDead('GRD/1', 'no footprint');

    await run({ discard: true, to: to(), yes: true });

    expect(readFileSync(to(), 'utf8').trim().split('\n')).toHaveLength(2);
  });

  test('--json prints how many were discarded', async () => {
    sendDead('GRD/1', 'no footprint');

    const { text } = await run({ discard: true, to: to(), yes: true, json: true });

    expect(JSON.parse(text)).toMatchObject({ discarded: { discarded: 1, gone: 0 } });
  });
});

describe('failed events of functions and schedules', () => {
  beforeEach(() => {
    sqs.queue(RUNS).send(failedRun('Athena is down'));
    sqs.queue(VERIFICATIONS).send(failedRun('the ingestor is down'));
    sqs.queue(SCHEDULES).send('{}', {
      attributes: { ERROR_CODE: 'AccessDenied', ERROR_MESSAGE: 'the role may not invoke' },
    });
  });

  test('are listed with their reasons, are not sent, and can be discarded', async () => {
    sendDead('GRD/1', 'no footprint');

    const { text } = await run({ send: true, yes: true });

    expect(text).toContain('QueryError: Athena is down');
    expect(text).toContain('QueryError: the ingestor is down');
    expect(text).toContain('AccessDenied: the role may not invoke');
    expect(text).toContain('3 events of functions and schedules that failed for good; not sent');
    expect(countIn(GRANULES)).toBe(1);

    const to = join(folder, 'events.ndjson');
    await run({ discard: true, to, yes: true });
    expect([RUNS, VERIFICATIONS, SCHEDULES].map(countIn)).toEqual([0, 0, 0]);
    expect(readFileSync(to, 'utf8')).toContain('RetriesExhausted');
  });

  test('may have no queue yet, in a stack that was deployed before it had the function', async () => {
    await sqs.close();
    await start([GRANULES, DEAD, UNDELIVERED]);

    expect(await run({})).toMatchObject({ code: 0, text: 'waves: no dead letters.' });
  });
});

test('the list says how many messages another command has received, with the exit code 1', async () => {
  sendDead('GRD/1', 'no footprint');
  sendDead('GRD/2', 'no footprint');
  sqs.queue(DEAD).receive(1);

  const { code, text } = await run({});

  expect(code).toBe(1);
  expect(text).toContain(
    `${DEAD}: about 1 more are invisible, because another command reads them or was killed while it did`,
  );
});
