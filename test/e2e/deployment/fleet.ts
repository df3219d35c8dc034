import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { parse, stringify } from 'yaml';
import { zipFiles } from '../../../modules/bundling/bundle.js';
import { CODE_TAG, pipelineNames } from '../../../modules/config/names.js';
import { all } from '../data/granules.js';
import { sql } from '../system/database.js';
import { ACCOUNT, REGION, ROOT } from '../system/places.js';
import { clientOptions } from '../system/platform.js';
import { sqs, system } from '../system/running.js';

/** A project of its own, so that no other test takes its resources for those of the stacks. */
export const FLEET = 'fleet';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/loader`;
const FROM = 'cop_dem_30';
const ROLES = ['app', 'collection', 'historic', 'verify', 'breaker'] as const;

const lambda = new LambdaClient(clientOptions(system.endpoint));
const dynamo = new DynamoDBClient(clientOptions(system.endpoint));

/** A function that is never invoked; its hash is compared with its tag. */
const ZipFile = zipFiles({ 'index.mjs': Buffer.from('export const handler = () => {};\n') });
const HASH = createHash('sha256').update(ZipFile).digest('base64');

export const partsIn = (pipeline: string) => {
  const names = pipelineNames({ project: FLEET, pipeline, account: ACCOUNT });
  const { historic, verify } = names.functions;
  const queues = [
    ...[names.queue, names.deadLetters, names.scheduleDeadLetters],
    ...[historic.onFailureQueue, verify.onFailureQueue],
  ];
  const functions = ROLES.map((role) => names.functions[role].function);
  return { names, queues, functions };
};

/** Writes a project whose pipelines are copies of cop_dem_30, each with a Collection of its own. Returns its folder. */
export function writeFleet(ids: readonly string[], config: Readonly<Record<string, unknown>>) {
  const folder = join(system.folder, 'fleet');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'pipelines'), { recursive: true });
  for (const name of ['cli', 'lambdas', 'local', 'modules', 'node_modules', 'package.json'])
    symlinkSync(join(ROOT, name), join(folder, name));
  for (const id of ids) addPipeline(folder, id, config);
  return folder;
}

export function addPipeline(
  folder: string,
  id: string,
  config: Readonly<Record<string, unknown>>,
): void {
  const target = join(folder, 'pipelines', id);
  cpSync(join(ROOT, 'pipelines', FROM), target, { recursive: true });
  const edit = (name: string, change: (text: string) => string) => {
    writeFileSync(join(target, name), change(readFileSync(join(target, name), 'utf8')));
  };
  edit('constants.ts', (text) => text.replace("'cop-dem-glo-30'", `'${collectionOf(id)}'`));
  edit('config.yaml', (text) => stringify({ ...(parse(text) as object), ...config, id }));
}

const collectionOf = (id: string): string => `${FLEET}-${id}`;

/** Makes what the status of a pipeline asks for: queues, functions, mappings, state tables and Collections. */
export async function deployFleet(ids: readonly string[]): Promise<void> {
  await sql(
    `insert into pgstac.collections (content) select content || jsonb_build_object('id', one) from pgstac.collections c,
     unnest(array[${ids.map((id) => `'${collectionOf(id)}'`).join()}]) one where c.id = 'cop-dem-glo-30'`,
    system.database,
  );
  await all(ids, async (id) => {
    const { names, queues, functions } = partsIn(id);
    for (const QueueName of queues) await sqs.send(new CreateQueueCommand({ QueueName }));
    for (const FunctionName of functions) await createFunction(FunctionName);
    await dynamo.send(tableOf(names.stateTable));
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: names.functions.app.function,
        EventSourceArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${names.queue}`,
      }),
    );
  });
}

async function createFunction(FunctionName: string): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs24.x',
      Role: ROLE,
      Handler: 'index.handler',
      Code: { ZipFile },
      Tags: { [CODE_TAG]: HASH },
    }),
  );
}

function tableOf(TableName: string): CreateTableCommand {
  const keys = ['pk', 'sk'] as const;
  return new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys.map((AttributeName, index) => ({
      AttributeName,
      KeyType: index === 0 ? 'HASH' : 'RANGE',
    })),
  });
}

/** Deletes what deployFleet made. */
export async function deleteFleet(ids: readonly string[]): Promise<void> {
  await all(ids, async (id) => {
    const { names, queues, functions } = partsIn(id);
    for (const UUID of await mappingsOf(names.functions.app.function))
      await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    for (const FunctionName of functions)
      await lambda.send(new DeleteFunctionCommand({ FunctionName }));
    for (const name of queues) await sqs.send(new DeleteQueueCommand({ QueueUrl: urlOf(name) }));
    await dynamo.send(new DeleteTableCommand({ TableName: names.stateTable }));
  });
  await sql(`delete from pgstac.collections where id like '${FLEET}-%'`, system.database);
}

export const urlOf = (queue: string): string => `${system.endpoint}/${ACCOUNT}/${queue}`;

async function mappingsOf(FunctionName: string): Promise<string[]> {
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  return EventSourceMappings.map(({ UUID = '' }) => UUID);
}
