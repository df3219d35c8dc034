import { createHash } from 'node:crypto';
import { httpServer, type SeenRequest } from './http-server.js';

type Fields = Readonly<Record<string, unknown>>;
export type TableRow = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

/** A call of an AWS service: the operation by its target (`AmazonSQS.SendMessage`), `S3.GetObject` or `S3.PutObject`. */
export interface AwsCall {
  readonly operation: string;
  /** Region of the signature. */
  readonly region: string;
  readonly input: Fields;
}

/**
 * What a deployed function talks to, on one loopback port: AWS (S3, SQS, DynamoDB, Secrets Manager), the token endpoint
 * of Cognito below `/oauth2`, the ingestor below `/api` and the STAC API below `/stac`.
 */
export async function deployedServices() {
  const calls: AwsCall[] = [];
  const rows: TableRow[] = [];
  const state = {
    objectStatus: 200,
    object: 'read' as string | Uint8Array,
    collection: {} as object,
  };
  const server = await httpServer((request, response) => {
    const call = awsCall(request);
    if (call === undefined) {
      const { status, body } = answerOf(request, state.collection);
      return void response.writeHead(status).end(JSON.stringify(body));
    }
    calls.push(call);
    if (call.operation.startsWith('S3.')) {
      return void response.writeHead(state.objectStatus).end(state.object);
    }
    if (call.operation.endsWith('.PutItem')) rows.push(call.input['Item'] as TableRow);
    const answer = awsAnswer(call, { rows, url: server.url });
    response.writeHead(200).end(JSON.stringify(answer));
  });
  const environment = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL: server.url,
    AWS_MAX_ATTEMPTS: '1',
  };
  return { ...server, calls, rows, state, environment };
}

function awsCall({ method, headers, body }: SeenRequest): AwsCall | undefined {
  const scope = /Credential=[^/]+\/\d+\/([^/]+)\/(\w+)\//.exec(headers.authorization ?? '');
  if (scope === null) return undefined;
  const [, region = '', service] = scope;
  const target = headers['x-amz-target'];
  if (service === 's3' || typeof target !== 'string') {
    return {
      operation: method === 'PUT' ? 'S3.PutObject' : 'S3.GetObject',
      region,
      input: headers,
    };
  }
  return { operation: target, region, input: JSON.parse(body) as Fields };
}

interface AnswerData {
  readonly rows: readonly TableRow[];
  readonly url: string;
}

function awsAnswer({ operation, input }: AwsCall, { rows, url }: AnswerData): object {
  if (operation === 'secretsmanager.GetSecretValue') {
    const secret = { cognito_domain: url, client_id: 'i', client_secret: 's', scope: 'w' };
    return { SecretString: JSON.stringify(secret) };
  }
  if (operation === 'AmazonSQS.SendMessage') {
    const md5 = createHash('md5').update(String(input['MessageBody'])).digest('hex');
    return { MD5OfMessageBody: md5, MessageId: 'm' };
  }
  if (!operation.endsWith('.Query')) return {};
  const values = input['ExpressionAttributeValues'] as TableRow;
  const Items = rows.filter(({ pk }) => pk?.S === values[':pk']?.S);
  return { Items, Count: Items.length };
}

function answerOf({ url, method }: SeenRequest, collection: object) {
  if (url.startsWith('/oauth2/')) return { status: 200, body: { access_token: 'a-token' } };
  if (url.startsWith('/stac/')) return { status: 200, body: collection };
  if (method === 'POST') return { status: 201, body: {} };
  const id = url.split('/').at(-1);
  return { status: 200, body: { id, status: 'succeeded' } };
}
