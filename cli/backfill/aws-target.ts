import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { athenaEngine } from '../../lambdas/inventory/athena.js';
import type { CursorStore } from '../../lambdas/backfill/cursor.js';
import { cursorTable } from '../../lambdas/backfill/cursor-table.js';
import { AWS_REQUESTS, S3_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { PipelineError } from '../../lambdas/runtime/errors.js';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import type { BackfillEvent } from '../../lambdas/backfill/collaborators.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import { s3Objects } from '../../lambdas/inventory/objects.js';
import {
  configuredInventory,
  settingsFor,
  type BackfillTarget,
  type InvokeResult,
} from './target.js';
import {
  accessFault,
  type AwsSubject,
  type DeployedPipeline,
} from '../shared/deployed-pipeline.js';
import { useKeyVariables } from '../python/variables.js';
import { handlerIn, parserIn, pipelineFile } from '../shared/pipeline-code.js';
import { UsageError } from '../shared/command.js';

/** Thrown when a part of the deployment is missing, a request to AWS fails, or the historic function fails. */
export class DeployedBackfillError extends PipelineError {
  override readonly name = 'DeployedBackfillError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, kind: 'transient' });
  }
}

/** The backfill of a deployed pipeline. Requests are made only when an action needs them. Throws UsageError if the pipeline has no backfill. */
export async function deployedBackfill({
  id,
  folder,
  config,
  names,
}: DeployedPipeline): Promise<BackfillTarget> {
  const inventory = configuredInventory(config);
  if (inventory === undefined) {
    throw new UsageError(`${id} has no backfill: its config.yaml has no inventory_location`);
  }
  const { region } = config;
  const table = new DynamoDBClient({ region, requestHandler: AWS_REQUESTS });
  const cursorsOf = (of: 'backfill' | 'repost'): CursorStore =>
    withExplanations(cursorTable({ tableName: names.stateTable, pipelineId: id, of }, table), {
      what: `table ${names.stateTable}`,
      region,
    });
  const functionName = names.functions.historic.function;
  // Without a time limit: the response to a synchronous Invoke comes when the function ends.
  const lambda = new LambdaClient({ region });
  const send = (event: BackfillEvent): Promise<InvokeResult> =>
    explain({ what: `function ${functionName}`, region }, () =>
      invoke(lambda, functionName, event),
    );
  useKeyVariables(config);
  return {
    pipeline: id,
    kind: 'aws',
    flags: '',
    configured: inventory,
    settings: settingsFor(config, inventory),
    historic: await handlerIn<HistoricHandler>(pipelineFile({ id, folder }, 'historic.ts')),
    app: () => parserIn({ id, folder }),
    cursors: cursorsOf('backfill'),
    reposts: { cursors: cursorsOf('repost'), invoke: () => send({ action: 'repost' }) },
    ...callerAccess({ config, names }),
    invoke: (action, chunks) => send({ action, ...(chunks !== undefined && { chunks }) }),
    // The resume schedule continues an unfinished backfill.
    isRunning: () => true,
    close: () => Promise.resolve(),
  };
}

/** Access to the inventory's objects and table with the caller's own permissions, not the function's. */
function callerAccess({
  config: { region, requester_pays: requesterPays },
  names: { workgroup: workGroup, database, inventoryTable: table },
}: Pick<DeployedPipeline, 'config' | 'names'>): Pick<BackfillTarget, 'objects' | 'engine'> {
  const client = new AthenaClient({ region, requestHandler: AWS_REQUESTS });
  return {
    objects: s3Objects({
      requesterPays,
      client: new S3Client({ region, followRegionRedirects: true, requestHandler: S3_REQUESTS }),
    }),
    engine: athenaEngine({ workGroup, database, table, client }),
  };
}

const OutcomeSchema = z.object({ outcome: z.string(), message: z.string() });
const FaultSchema = z.object({ errorMessage: z.string() });

/** What a function of an earlier version says of an event that it does not know. */
const UNKNOWN_EVENT = 'the event of the historic function must be';

/**
 * `run` and `repost` return within seconds, because the work continues in an asynchronous invocation; `continue` is that
 * work.
 */
async function invoke(
  lambda: Pick<LambdaClient, 'send'>,
  FunctionName: string,
  event: BackfillEvent,
): Promise<InvokeResult> {
  const Payload = JSON.stringify(event);
  const isWork = event.action === 'continue';
  const InvocationType = isWork ? 'Event' : 'RequestResponse';
  const response = await lambda.send(new InvokeCommand({ FunctionName, InvocationType, Payload }));
  if (isWork) return { outcome: 'continued', message: 'the backfill continues' };
  const text = Buffer.from(response.Payload ?? []).toString('utf8');
  if (response.FunctionError !== undefined) {
    const said = FaultSchema.safeParse(tryParseJson(text)).data?.errorMessage ?? text;
    const older = said.includes(UNKNOWN_EVENT)
      ? '. Its code is older than this command: deploy the pipeline, then run this again'
      : '';
    throw new DeployedBackfillError(`function ${FunctionName} failed: ${said}${older}`);
  }
  const parsed = OutcomeSchema.safeParse(tryParseJson(text));
  if (parsed.success) return parsed.data;
  throw new DeployedBackfillError(
    `function ${FunctionName} returned an unexpected response: ${text.slice(0, 200)}`,
  );
}

function withExplanations(store: CursorStore, subject: AwsSubject): CursorStore {
  return {
    read: () => explain(subject, () => store.read()),
    version: () => explain(subject, () => store.version()),
    write: (...args: Parameters<CursorStore['write']>) =>
      explain(subject, () => store.write(...args)),
  };
}

async function explain<T>(subject: AwsSubject, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw new DeployedBackfillError(accessFault(subject, cause).message, { cause });
  }
}
