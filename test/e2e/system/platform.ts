import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipFiles } from '../../../modules/bundling/bundle.js';
import { queryCall } from '../deployment/aws-call.js';
import { createUserPool, type UserPool } from './cognito.js';
import type { PostgresAddress } from './database.js';
import { ACCOUNT, REGION, TOPIC_REGION } from './places.js';

/** What exists before the stacks do: their configs and secrets refer to it. */
export interface Platform extends UserPool {
  readonly secretArn: string;
  readonly databaseSecretArn: string;
  readonly dataAccessRole: string;
}

export interface PlatformOptions {
  readonly endpoint: string;
  /** Address at which the ingestor and its loader find the database. */
  readonly postgres: PostgresAddress;
  readonly database: string;
  readonly topicArn: string;
}

const INGESTIONS = 'ingestions';

export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const { endpoint } = options;
  const [pool, databaseSecretArn] = await Promise.all([
    createUserPool({ endpoint }),
    createSecret(endpoint, 'catalog-database', databaseSecret(options)),
    createRole(endpoint, 'loader'),
    createRole(endpoint, 'data-access'),
    createTopic(options),
  ]);
  const secret = JSON.stringify({ cognito_domain: endpoint, ...pool.client });
  const secretArn = await createSecret(endpoint, 'stac-ingestor', secret);
  return { ...pool, secretArn, databaseSecretArn, dataAccessRole: roleArn('data-access') };
}

/** Environment of the ingestor and of its loader. */
export function ingestorVariables(
  { endpoint }: Pick<PlatformOptions, 'endpoint'>,
  { poolId, databaseSecretArn, dataAccessRole }: Platform,
  stacUrl: string,
): Readonly<Record<string, string>> {
  return {
    NO_PYDANTIC_SSM_SETTINGS: '1',
    DYNAMODB_TABLE: INGESTIONS,
    ROOT_PATH: '',
    STAC_URL: stacUrl,
    DATA_ACCESS_ROLE: dataAccessRole,
    DB_SECRET_ARN: databaseSecretArn,
    JWKS_URL: `${endpoint}/${poolId}/.well-known/jwks.json`,
  };
}

/** Creates the ingestor's table and the function that loads its rows into the catalogue. */
export async function createLoader(
  endpoint: string,
  { runtime, variables }: { runtime: string; variables: Readonly<Record<string, string>> },
): Promise<void> {
  const stream = await createIngestions(endpoint);
  const lambda = new LambdaClient(clientOptions(endpoint));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'loader',
      Runtime: 'python3.12',
      Role: roleArn('loader'),
      Handler: 'src.ingestor.handler',
      Timeout: 180,
      Code: { ZipFile: pythonZip(runtime) },
      Environment: { Variables: { ...variables } },
    }),
  );
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'loader',
      EventSourceArn: stream,
      BatchSize: 1000,
      StartingPosition: 'TRIM_HORIZON',
      // As eoapi-cdk sets it: a batch that failed twice is dropped.
      MaximumRetryAttempts: 1,
    }),
  );
}

export function clientOptions(endpoint: string, region = REGION) {
  return { endpoint, region, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'none' } };
}

function databaseSecret({ postgres, database }: PlatformOptions): string {
  const { host, port, user: username, password } = postgres;
  return JSON.stringify({
    username,
    password,
    host,
    port,
    dbname: database,
    engine: 'postgresql',
  });
}

/** Returns the ARN of the secret. */
export async function createSecret(endpoint: string, name: string, text: string): Promise<string> {
  const secrets = new SecretsManagerClient(clientOptions(endpoint));
  const { ARN = '' } = await secrets.send(
    new CreateSecretCommand({ Name: name, SecretString: text }),
  );
  return ARN;
}

function roleArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:role/${name}`;
}

/** Creates a role for the ingestor's function. It may do everything, since these tests are not about it. */
async function createRole(endpoint: string, name: string): Promise<void> {
  const trusted = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };
  const service = { ...trusted, Principal: { Service: 'lambda.amazonaws.com' } };
  await queryCall({ endpoint }, ['iam', 'CreateRole'], {
    RoleName: name,
    AssumeRolePolicyDocument: policy([trusted, service]),
  });
  await queryCall({ endpoint }, ['iam', 'PutRolePolicy'], {
    RoleName: name,
    PolicyName: 'everything',
    PolicyDocument: policy([{ Effect: 'Allow', Action: '*', Resource: '*' }]),
  });
}

/** Creates the topic in another account, with a policy that allows ours to subscribe. */
async function createTopic({ endpoint, topicArn }: PlatformOptions): Promise<void> {
  const [, , , , account = '', name = ''] = topicArn.split(':');
  const owner = { endpoint, account, region: TOPIC_REGION };
  await queryCall(owner, ['sns', 'CreateTopic'], { Name: name });
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: ['sns:Subscribe', 'sns:Receive'],
    Resource: topicArn,
  };
  await queryCall(owner, ['sns', 'SetTopicAttributes'], {
    TopicArn: topicArn,
    AttributeName: 'Policy',
    AttributeValue: policy([statement]),
  });
}

export function policy(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

async function createIngestions(endpoint: string): Promise<string> {
  const text = (name: string) => ({ AttributeName: name, AttributeType: 'S' as const });
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const table = await new DynamoDBClient(clientOptions(endpoint)).send(
    new CreateTableCommand({
      TableName: INGESTIONS,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['created_by', 'id', 'status', 'created_at'].map(text),
      KeySchema: keys('created_by', 'id'),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'status',
          KeySchema: keys('status', 'created_at'),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
  return table.TableDescription?.LatestStreamArn ?? '';
}

function pythonZip(runtime: string): Uint8Array {
  const names = readdirSync(join(runtime, 'src')).filter((name) => name.endsWith('.py'));
  return zipFiles(
    Object.fromEntries(
      names.map((name) => [`src/${name}`, readFileSync(join(runtime, 'src', name))]),
    ),
  );
}
