import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { athenaEngine } from '../../lambdas/inventory/athena.js';
import type { CursorStore } from '../../lambdas/backfill/cursor.js';
import { cursorTable } from '../../lambdas/backfill/cursor-table.js';
import { PipelineError } from '../../lambdas/runtime/errors.js';
import type { BackfillEvent } from '../../lambdas/backfill/collaborators.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import { s3Objects } from '../../lambdas/inventory/objects.js';
import { configuredInventory, settingsFor, type BackfillSite, type SiteAnswer } from './site.js';
import type { DeployedPipeline } from '../shared/deployed-pipeline.js';
import { handlerIn } from '../shared/pipeline-code.js';
import { errorText } from '../shared/queue-url.js';
import { UsageError } from '../shared/usage-error.js';

/** Thrown when AWS lacks a part of the deployment, cannot be asked, or the function failed. */
export class DeployedBackfillError extends PipelineError {
  override readonly name = 'DeployedBackfillError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, kind: 'transient' });
  }
}

/** The backfill of a deployed pipeline; nothing is asked before an action needs it. Throws UsageError where it has none. */
export async function deployedBackfill({
  id,
  folder,
  config,
  names,
}: DeployedPipeline): Promise<BackfillSite> {
  const inventory = configuredInventory(config);
  if (inventory === undefined) {
    throw new UsageError(
      `${id} has no inventory_location in its config.yaml, so there is nothing to back-fill`,
    );
  }
  const { region } = config;
  const table = { what: `table ${names.stateTable}`, region };
  const functionName = names.functions.historic.function;
  const lambda = new LambdaClient({ region });
  return {
    pipeline: id,
    kind: 'aws',
    flags: '',
    configured: inventory,
    settings: settingsFor(config, inventory),
    historic: await handlerIn<HistoricHandler>(join(folder, 'historic.ts')),
    cursors: explained(
      cursorTable({ tableName: names.stateTable, pipelineId: id }, new DynamoDBClient({ region })),
      table,
    ),
    ...questions({ config, names }),
    invoke: (action) =>
      explain({ what: `function ${functionName}`, region }, () =>
        invoke(lambda, functionName, action),
      ),
    // Its keeper takes up what was left.
    isAtWork: () => true,
    close: () => Promise.resolve(),
  };
}

/** The inventory's objects and table, asked by the person and not by the function. */
function questions({
  config: { region, requester_pays: requesterPays },
  names: { workgroup: workGroup, database, inventoryTable: table },
}: Pick<DeployedPipeline, 'config' | 'names'>): Pick<BackfillSite, 'objects' | 'engine'> {
  const client = new AthenaClient({ region });
  return {
    objects: s3Objects({
      requesterPays,
      client: new S3Client({ region, followRegionRedirects: true }),
    }),
    engine: athenaEngine({ workGroup, database, table, client }),
  };
}

const AnswerSchema = z.object({ outcome: z.string(), message: z.string() });
const FaultSchema = z.object({ errorMessage: z.string() });

/** `run` answers within seconds, since its work goes on in an invocation of its own; `continue` is that work. */
async function invoke(
  lambda: Pick<LambdaClient, 'send'>,
  FunctionName: string,
  action: BackfillEvent['action'],
): Promise<SiteAnswer> {
  const Payload = JSON.stringify({ action });
  const InvocationType = action === 'run' ? 'RequestResponse' : 'Event';
  const answer = await lambda.send(new InvokeCommand({ FunctionName, InvocationType, Payload }));
  if (action === 'continue') return { outcome: 'continued', message: 'the backfill goes on' };
  const text = Buffer.from(answer.Payload ?? []).toString('utf8');
  if (answer.FunctionError !== undefined) {
    const said = FaultSchema.safeParse(tryJson(text)).data?.errorMessage ?? text;
    throw new DeployedBackfillError(`the function ${FunctionName} failed: ${said}`);
  }
  const parsed = AnswerSchema.safeParse(tryJson(text));
  if (parsed.success) return parsed.data;
  throw new DeployedBackfillError(
    `the function ${FunctionName} answered with something else than an outcome: ${text.slice(0, 200)}`,
  );
}

interface Subject {
  readonly what: string;
  readonly region: string;
}

function explained(store: CursorStore, subject: Subject): CursorStore {
  return {
    read: () => explain(subject, () => store.read()),
    version: () => explain(subject, () => store.version()),
    write: (...args: Parameters<CursorStore['write']>) =>
      explain(subject, () => store.write(...args)),
  };
}

async function explain<T>({ what, region }: Subject, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    const missing = cause instanceof Error && cause.name === 'ResourceNotFoundException';
    const message = missing
      ? `there is no ${what}: is the pipeline deployed, under this PROJECT and in this account`
      : `the ${what} cannot be reached: ${errorText(cause)}`;
    throw new DeployedBackfillError(`${message} (region ${region})`, { cause });
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
