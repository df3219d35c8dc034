import { createServer, type AddressInfo } from 'node:net';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commandIn, type CommandOutcome } from '../deployment/commands.js';
import {
  addPipeline,
  deleteFleet,
  deployFleet,
  FLEET,
  partsIn,
  urlOf,
  writeFleet,
} from '../deployment/fleet.js';
import { loopback } from '../system/services.js';
import { sqs, system, waitUntilDrained } from '../system/running.js';
import { partsOf } from '../deployment/deployed-stack.js';
import { STACKS } from '../deployment/stacks.js';

const DEPLOYED = Array.from({ length: 50 }, (_, index) => `p${String(index).padStart(2, '0')}`);
/** Pipelines that are in the folder only, as the examples of this project. */
const EXAMPLES = ['example_a', 'example_b', 'example_c'];
const [HELD, FAILING] = ['p17', 'p31'] as const;
/** For the quicker one of two runs, so that a busy moment of the machine does not matter. */
const MAX_SECONDS = 10;
const seconds: number[] = [];

const config = {
  region: 'us-west-2',
  ingestor_url: system.ingestorUrl,
  stac_api_url: system.stacUrl,
  secret_arn: system.platform.secretArn,
  deploy: true,
};
/** Accepts connections and never answers, as the placeholder of an example may do. */
const silent = createServer();
let folder: string;

beforeAll(async () => {
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  const url = loopback((silent.address() as AddressInfo).port);
  folder = writeFleet(DEPLOYED, config);
  for (const id of EXAMPLES)
    addPipeline(folder, id, { ...config, ingestor_url: url, stac_api_url: url, deploy: false });
  await deployFleet(DEPLOYED);
  // The ingestor answers late while it is busy with what other tests sent.
  for (const id of STACKS.map((stack) => stack.id))
    await waitUntilDrained(partsOf(system, id).queueUrl, 500);
});

afterAll(async () => {
  await new Promise((done) => silent.close(done));
  await deleteFleet(DEPLOYED);
});

async function statusOfAll(): Promise<CommandOutcome> {
  const begun = performance.now();
  const outcome = await commandIn({ folder, project: FLEET }, 'status', '--all');
  seconds.push((performance.now() - begun) / 1000);
  return outcome;
}

/** Pipeline and state of each line of the table. */
const rowsOf = ({ stdout }: CommandOutcome) =>
  stdout
    .split('\n\n')[0]
    ?.split('\n')
    .slice(1)
    .map((line) => /^(\w+) +(ok|unknown|action needed|not deployed) /.exec(line)?.slice(1));

test('50 pipelines and three that are not deployed are read in a few seconds, and all is well', async () => {
  const status = await statusOfAll();

  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(rowsOf(status)).toEqual([
    ...DEPLOYED.map((id) => [id, 'ok']),
    ...EXAMPLES.map((id) => [id, 'not deployed']),
  ]);
  expect(status.stdout).toContain('53 pipelines: 50 ok, 3 not deployed.');
});

test('the worst come first and decide the exit code', async () => {
  const reason = ['--reason', 'the catalogue is being restored'];
  const held = await commandIn({ folder, project: FLEET }, 'hold', HELD, ...reason);
  expect(held).toMatchObject({ code: 0, stderr: '' });
  const QueueUrl = urlOf(partsIn(FAILING).names.deadLetters);
  for (let count = 0; count < 7; count += 1)
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));

  const status = await statusOfAll();

  expect(status).toMatchObject({ code: 1, stderr: '' });
  expect(rowsOf(status)).toEqual([
    [HELD, 'action needed'],
    [FAILING, 'action needed'],
    ...DEPLOYED.filter((id) => id !== HELD && id !== FAILING).map((id) => [id, 'ok']),
    ...EXAMPLES.map((id) => [id, 'not deployed']),
  ]);
  expect(status.stdout).toMatch(/^p17 .* held since \S+ \S+$/m);
  expect(status.stdout).toMatch(/^p31 .* 7 {2}7 dead letters$/m);
  process.stdout.write(`status --all: ${seconds.map((one) => one.toFixed(1)).join(' and ')} s\n`);
  expect(Math.min(...seconds)).toBeLessThan(MAX_SECONDS);
});
