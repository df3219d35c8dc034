import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { eventOf } from '../../kit/records.js';
import { exampleCollection } from '../../support/collection.js';
import { deployedServices, type AwsCall } from '../../support/deployed-services.js';
import { exampleItem, examplePipeline } from '../../support/granule.js';
import { outputLines } from '../../support/output-lines.js';

const collection = exampleCollection('example');

let before: NodeJS.ProcessEnv;
let services: Awaited<ReturnType<typeof deployedServices>>;

beforeEach(async () => {
  before = process.env;
  services = await deployedServices();
  process.env = {
    ...before,
    ...services.environment,
    PIPELINE: 'example',
    TABLE_NAME: 'state',
    INGESTOR_URL: `${services.url}/api`,
    POWERTOOLS_METRICS_NAMESPACE: 'stac',
    SECRET_ARN: 'arn:aws:secretsmanager:us-west-2:123456789012:secret:s',
    QUEUE_URL: `${services.url}/queue`,
    DEAD_LETTERS_URL: `${services.url}/dead`,
  };
  startContainer();
});

afterEach(async () => {
  process.env = before;
  await services.close();
});

/** Loads the modules again, as a new container does. */
function startContainer(): void {
  jest.resetModules();
}

function invocation() {
  return { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 };
}

/** Handles messages `{"name": "x"}` as the deployed function would; each granule is read from S3. */
async function handle(names: readonly string[], receives = 1) {
  const { granuleHandler } = await import('../../../lambdas/granule-handler.js');
  const handler = granuleHandler({
    ...examplePipeline,
    createItem: async ({ href, source }) => {
      const text = Buffer.from(await source.read(`s3://bucket/${href}`)).toString();
      return exampleItem(href, { properties: { datetime: '2022-11-30T01:43:42Z', text } });
    },
  });
  const bodies = names.map((name) => ({ name }));
  let failures: string[] = [];
  const lines = await outputLines(async () => {
    const answer = await handler(eventOf(bodies, { receives }), invocation());
    failures = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  });
  return { failures, lines };
}

function posts(path: string) {
  return services.seen.filter(({ method, url }) => method === 'POST' && url === path);
}

function callsOf(operation: string): AwsCall[] {
  return services.calls.filter((call) => call.operation === operation);
}

function rowKinds() {
  return services.rows.map(({ pk }) => pk?.S);
}

describe('the deployed granule function', () => {
  test('reads from S3, gets a token with the secret, and posts to the ingestor', async () => {
    const { failures, lines } = await handle(['a', 'b']);

    expect(failures).toEqual([]);
    expect(callsOf('secretsmanager.GetSecretValue')).toMatchObject([{ region: 'us-west-2' }]);
    expect(posts('/api/ingestions').map(({ headers }) => headers.authorization)).toEqual([
      ...['Bearer a-token', 'Bearer a-token'],
    ]);
    expect(JSON.parse(posts('/api/ingestions')[0]?.body ?? '')).toMatchObject({
      id: 'a',
      collection: 'example',
      properties: { text: 'read' },
    });
    expect(lines).toContainEqual(expect.objectContaining({ message: 'access token requested' }));
    expect(lines.find(({ TokenRequests }) => TokenRequests !== undefined)).toMatchObject({
      TokenRequests: 1,
      ItemsMade: 2,
      ItemsPosted: 2,
      IngestorLatency: [expect.any(Number), expect.any(Number)],
    });
  });

  test('posts Items with the version of its code, where CODE_VERSION is set', async () => {
    await handle(['a']);
    process.env['CODE_VERSION'] = '1.4.0';
    startContainer();
    await handle(['a']);

    const bodies = posts('/api/ingestions').map(({ body }) => JSON.parse(body) as object);
    expect(bodies[0]).not.toHaveProperty(['properties', 'processing:software']);
    expect(bodies[1]).toMatchObject({
      properties: { 'processing:software': { 'example-pipeline': '1.4.0' } },
    });
  });

  test('keeps its token in memory, and in the table for other containers', async () => {
    await handle(['a']);
    await handle(['b']);

    expect(posts('/oauth2/token')).toHaveLength(1);
    expect(rowKinds()).toEqual(['token']);
    expect(callsOf('DynamoDB_20120810.PutItem')[0]?.input).toMatchObject({ TableName: 'state' });
  });

  test('pays as the requester and reads from another region if the environment says so', async () => {
    await handle(['a']);
    startContainer();
    Object.assign(process.env, { REQUESTER_PAYS: 'true', SOURCE_REGION: 'us-west-2' });
    await handle(['b']);

    expect(
      callsOf('S3.GetObject').map(({ region, input }) => [region, input['x-amz-request-payer']]),
    ).toEqual([
      ['eu-central-1', undefined],
      ['us-west-2', 'requester'],
    ]);
  });

  test('records its posts if ingestions are verified', async () => {
    process.env['VERIFY_INGESTION'] = 'true';
    await handle(['a']);

    expect(rowKinds()).toEqual(['token', 'ingestion#2']);
  });

  test('retries a message after up to half a minute, and dead-letters it on the tenth receive', async () => {
    services.state.objectStatus = 403;

    expect((await handle(['a'])).failures).toHaveLength(1);
    expect((await handle(['a'], 9)).failures).toHaveLength(1);
    expect((await handle(['a'], 10)).failures).toEqual([]);

    const [first] = callsOf('AmazonSQS.ChangeMessageVisibility');
    expect(first?.input['QueueUrl']).toBe(process.env['QUEUE_URL']);
    expect(first?.input['VisibilityTimeout']).toBeGreaterThanOrEqual(15);
    expect(first?.input['VisibilityTimeout']).toBeLessThanOrEqual(30);
    expect(callsOf('AmazonSQS.SendMessage').map(({ input }) => input)).toMatchObject([
      {
        QueueUrl: process.env['DEAD_LETTERS_URL'],
        MessageBody: '{"name":"a"}',
        MessageAttributes: { pipeline: { StringValue: 'example' } },
      },
    ]);
  });

  test('takes the limits of the queue from the environment', async () => {
    services.state.objectStatus = 403;
    Object.assign(process.env, { MAX_RECEIVE_COUNT: '2', RETRY_DELAY_SECONDS: '100' });

    await handle(['a']);

    const [call] = callsOf('AmazonSQS.ChangeMessageVisibility');
    expect(call?.input['VisibilityTimeout']).toBeGreaterThanOrEqual(50);
    expect((await handle(['a'], 2)).failures).toEqual([]);
  });

  test('reads a secret given by name in its own region', async () => {
    process.env['SECRET_ARN'] = 'my-secret';
    await handle(['a']);

    expect(callsOf('secretsmanager.GetSecretValue')).toMatchObject([
      { region: 'eu-central-1', input: { SecretId: 'my-secret' } },
    ]);
  });

  test('names a missing variable', async () => {
    delete process.env['QUEUE_URL'];

    await expect(handle(['a'])).rejects.toThrow('environment variable QUEUE_URL is not set');
  });
});

describe('the deployed Collection function', () => {
  test('posts to the ingestor, and reads back if the STAC API is set', async () => {
    process.env['STAC_API_URL'] = `${services.url}/stac`;
    services.state.collection = collection;
    const { collectionHandler } = await import('../../../lambdas/collection-handler.js');
    const handler = collectionHandler(() => collection);

    await outputLines(async () => {
      expect(await handler({}, invocation())).toEqual({ collection: 'example', verified: true });
    });

    expect(posts('/api/collections')).toMatchObject([
      { body: JSON.stringify(collection), headers: { authorization: 'Bearer a-token' } },
    ]);
    expect(services.seen.at(-1)?.url).toBe('/stac/collections/example');
  });
});

describe('the deployed Collection function without a STAC API', () => {
  test('does not read the Collection back, and keeps its clients for the next invocation', async () => {
    const { collectionHandler } = await import('../../../lambdas/collection-handler.js');
    const handler = collectionHandler(() => collection);

    await outputLines(async () => {
      expect(await handler({}, invocation())).toEqual({ collection: 'example', verified: false });
      expect(await handler({}, invocation())).toEqual({ collection: 'example', verified: false });
    });

    expect(posts('/api/collections')).toHaveLength(2);
    expect(posts('/oauth2/token')).toHaveLength(1);
  });
});

describe('the deployed verifying function', () => {
  test('asks the ingestor about each row of the table, and deletes those that were loaded', async () => {
    process.env['VERIFY_INGESTION'] = 'true';
    await handle(['a']);
    const { handler } = await import('../../../lambdas/verify.js');

    const lines = await outputLines(async () => {
      expect(await handler({}, invocation())).toMatchObject({ loaded: 1, waiting: 0, dead: 0 });
      expect(await handler({}, invocation())).toMatchObject({ loaded: 1 });
    });

    expect(services.seen.map(({ url }) => url)).toContain('/api/ingestions/a');
    expect(callsOf('DynamoDB_20120810.DeleteItem')[0]?.input).toMatchObject({
      TableName: 'state',
      Key: { pk: { S: 'ingestion#2' }, sk: { S: 'a' } },
    });
    expect(lines).toContainEqual(expect.objectContaining({ message: 'ingestions verified' }));
  });
});
