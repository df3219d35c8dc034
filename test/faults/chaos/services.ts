import { startLocalIngestor } from '../../../local/ingestor/local-ingestor.js';
import { serve, type LocalRequest, type LocalResponse } from '../../../local/http/server.js';
import type { LocalQueue } from '../../../local/queue/local-queue.js';
import { startSqs } from '../../../local/queue/sqs-server.js';
import { startTokenEndpoint } from '../../../local/token/endpoint.js';
import { tokenIssuer } from '../../../local/token/issuer.js';
import { MAX_RECEIVE_COUNT } from '../../../lambdas/granule/outcome.js';
import { objectOf, PIPELINE } from './granules.js';
import { stateTable } from './state-table.js';
import { faultsOf, type PlanOptions } from './weather.js';

/** Lifetime of a token: shorter than an outage of Cognito, so that it really is missed. */
const TOKEN_SECONDS = 180;

export interface Services {
  /** Environment of the deployed function, with the endpoints of the stand-ins. */
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

export interface ServicesOptions extends PlanOptions {
  readonly queues: { readonly granules: LocalQueue; readonly deadLetters: LocalQueue };
  readonly onItem: (id: string) => void;
  /** Called when an object is read that kills the process. */
  readonly onKiller: (id: string) => void;
}

/** Starts everything that the function talks to, over HTTP: S3, SQS, DynamoDB, Secrets Manager, Cognito, the ingestor. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { queues, onItem } = options;
  const issuer = tokenIssuer('chaos');
  const [s3, sqs, dynamodb, cognito, ingestor] = await Promise.all([
    serve((request) => objectAt(request, options), faultsOf('s3', options)),
    startSqs([queues.granules, queues.deadLetters], { faults: faultsOf('sqs', options) }),
    serve(stateTable(), faultsOf('dynamodb', options)),
    startTokenEndpoint({
      issuer,
      lifetimeSeconds: TOKEN_SECONDS,
      faults: faultsOf('cognito', options),
    }),
    startLocalIngestor({
      checkToken: (token) => issuer.check(token),
      faults: faultsOf('ingestor', options),
      onItem,
    }),
  ]);
  const secrets = await serve(() => json(200, { SecretString: JSON.stringify(cognito.secret) }));
  const queueUrl = ({ name }: LocalQueue) => `${sqs.url}/000000000000/${name}`;
  const servers = [s3, sqs, dynamodb, cognito, ingestor, secrets];
  return {
    env: {
      PIPELINE,
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_METRICS_NAMESPACE: PIPELINE,
      INGESTOR_URL: ingestor.url,
      SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:ingestor',
      TABLE_NAME: 'state',
      QUEUE_URL: queueUrl(queues.granules),
      DEAD_LETTERS_URL: queueUrl(queues.deadLetters),
      MAX_RECEIVE_COUNT: String(MAX_RECEIVE_COUNT),
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'chaos',
      AWS_SECRET_ACCESS_KEY: 'chaos',
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_SQS: sqs.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    },
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** GetObject of `/<bucket>/<granule>/<file>`. */
function objectAt({ path }: LocalRequest, { onKiller }: ServicesOptions): LocalResponse {
  const [, , id = '', file = ''] = path.split('/');
  if (id.startsWith('killer')) onKiller(id);
  const body = objectOf(id, file);
  if (body !== undefined) return { status: 200, body };
  const headers = { 'content-type': 'application/xml' };
  return { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>', headers };
}

function json(status: number, body: object): LocalResponse {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  return { status, body: JSON.stringify(body), headers };
}
