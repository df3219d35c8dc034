import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { BREAKER, holdRow } from '../../../lambdas/hold/hold-row.js';
import { postTracer } from '../../../lambdas/ingestor/post-trace.js';
import { ingestionTable } from '../../../lambdas/ingestor/ingestion-table.js';
import { jsonCall } from './aws-call.js';
import { partsOf } from './deployed-stack.js';
import { invoke, isOfKilledWorker, killWorkers } from './functions.js';
import { BUCKET, SINGLE_POL, type Granule } from '../data/granules.js';
import { clientOptions } from '../system/platform.js';
import { setGate, system, waitFor } from '../system/running.js';

const { names } = partsOf(system, 'sentinel1');
const dynamo = new DynamoDBClient(clientOptions(system.endpoint));

/** Makes a function use all its permissions; returns its results and logs. */
export type Probe = () => Promise<string>;
export type ProbedRole = 'app' | 'collection' | 'historic' | 'verify' | 'breaker';

/** `failing` is a granule in the bucket that the ingestor refuses for a while. */
export function probesWith(failing: Granule): Readonly<Record<ProbedRole, Probe>> {
  return {
    app: () => listened('app', () => handleThree(failing)),
    collection: () => listened('collection', () => invoke(names.functions.collection.function)),
    historic: () => listened('historic', backfillOneChunk),
    verify: () => listened('verify', verifyTwo),
    breaker: () => listened('breaker', release),
  };
}

/** Uses new processes and no shared token, so that nothing is cached. */
async function listened(role: ProbedRole, work: () => Promise<unknown>): Promise<string> {
  const { function: name, logGroup } = names.functions[role];
  await killWorkers(name);
  await emptyTable();
  const startTime = Date.now();
  const answer = await waitFor(
    () => work().then(JSON.stringify, String),
    // The emulator may have passed the call to a process that was just killed.
    (text) => !isOfKilledWorker(text),
  );
  const logs = await jsonCall(
    { endpoint: system.endpoint },
    ['logs', 'Logs_20140328.FilterLogEvents'],
    { logGroupName: logGroup, startTime, limit: 10_000 },
  );
  return `${answer}\n${JSON.stringify(logs)}`;
}

async function emptyTable(): Promise<void> {
  const TableName = names.stateTable;
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName }));
  for (const { pk, sk } of Items)
    if (pk && sk) await dynamo.send(new DeleteItemCommand({ TableName, Key: { pk, sk } }));
}

/** Sends one message that becomes an Item, one that becomes a dead letter and one that is retried. */
async function handleThree(failing: Granule): Promise<unknown> {
  await setGate({ faults: [{ match: `"${failing.itemId}"`, status: 500, body: {} }] });
  const paths = [SINGLE_POL.path, `${SINGLE_POL.path}0`, failing.path];
  try {
    return await invoke(names.functions.app.function, { Records: paths.map(recordOf) });
  } finally {
    await setGate({});
  }
}

function recordOf(path: string, index: number) {
  return {
    messageId: `probe-${index}`,
    receiptHandle: 'none',
    body: JSON.stringify({ path, productType: 'GRD' }),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
    messageAttributes: {},
    eventSource: 'aws:sqs',
  };
}

/** Starts a backfill and waits until its chunk is finished or has failed. */
async function backfillOneChunk(): Promise<unknown> {
  const { function: name } = names.functions.historic;
  const begun = await invoke(name, { action: 'run' });
  const looked = await waitFor(
    () => invoke(name, { action: 'continue' }).catch(String),
    (outcome) => typeof outcome === 'string' || (outcome as { outcome: string }).outcome !== 'busy',
  );
  return [begun, looked];
}

/** Verifies one Item that the ingestor has loaded, and one that it does not know. */
async function verifyTwo(): Promise<unknown> {
  const { record } = ingestionTable(names.stateTable, dynamo);
  for (const itemId of [SINGLE_POL.itemId, `nothing-in-${BUCKET}`]) {
    const body = JSON.stringify({ path: 'SLC/none', productType: 'SLC' });
    const ids = { itemId, messageId: 'probe', correlationId: 'probe' };
    await record({ ...ids, body, sentTimestamp: String(Date.now()), tries: 0 });
  }
  return invoke(names.functions.verify.function);
}

/** Lets the breaker release a hold of its own, because a post was answered since. */
async function release(): Promise<unknown> {
  await holdRow(names.stateTable, dynamo).write({ since: new Date(0).toISOString(), by: BREAKER });
  await postTracer(names.stateTable, dynamo).answered();
  return invoke(names.functions.breaker.function);
}
