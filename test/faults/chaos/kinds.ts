import type { Fault, FaultRequest } from '../../../local/http/faults.js';
import { tryParseJson } from '../../../lambdas/runtime/json.js';

export const MINUTE_MS = 60_000;

export type Service = 's3' | 'cognito' | 'ingestor' | 'dynamodb' | 'sqs';

/** What the stand-ins do instead of answering, by the service and the name of the fault. */
export const FAULTS = {
  's3 hang': { kind: 'hang' },
  's3 stall': { kind: 'stall' },
  's3 error': s3Error(500, 'InternalError'),
  's3 slowDown': s3Error(503, 'SlowDown'),
  'cognito hang': { kind: 'hang' },
  'cognito error': { kind: 'status', status: 500 },
  'cognito down': { kind: 'reset' },
  'ingestor hang': { kind: 'hang' },
  'ingestor down': { kind: 'reset' },
  'ingestor slow': { kind: 'slow', ms: 20_000 },
  'ingestor 400': { kind: 'status', status: 400, body: detail('connection to server failed') },
  'ingestor 401': { kind: 'status', status: 401, body: detail('Not authenticated') },
  'ingestor 403': { kind: 'status', status: 403, body: detail('Bad auth token') },
  'ingestor 429': { kind: 'status', status: 429 },
  'ingestor 500': { kind: 'status', status: 500 },
  'ingestor 503': { kind: 'status', status: 503 },
  'dynamodb throttled': awsError(400, 'ProvisionedThroughputExceededException'),
  'sqs error': awsError(500, 'InternalFailure'),
  'sqs refused': refusedEntries,
} satisfies Readonly<Record<`${Service} ${string}`, Fault | ((request: FaultRequest) => Fault)>>;

export type FaultName = keyof typeof FAULTS;

/** Faults that may occur after the request was processed, so that only its response is lost. */
const AFTERWARDS: ReadonlySet<FaultName> = new Set([
  ...(['ingestor hang', 'ingestor down', 'ingestor 500', 'ingestor 503', 'sqs error'] as const),
]);

/** Returns the fault; `when` is a number in [0, 1) that decides whether the request is processed all the same. */
export function activeFault(name: FaultName, request: FaultRequest, when: number) {
  const fault: Fault | ((request: FaultRequest) => Fault) = FAULTS[name];
  return {
    fault: typeof fault === 'function' ? fault(request) : fault,
    afterwards: AFTERWARDS.has(name) && when < 0.5,
  };
}

function detail(text: string): string {
  return JSON.stringify({ detail: text });
}

function s3Error(status: number, code: string): Fault {
  const headers = { 'content-type': 'application/xml' };
  return { kind: 'status', status, body: `<Error><Code>${code}</Code></Error>`, headers };
}

function awsError(status: number, name: string): Fault {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name };
  return {
    kind: 'status',
    status,
    body: JSON.stringify({ __type: name, message: 'injected' }),
    headers,
  };
}

/** SQS answers a batch with 200 although it has accepted none of its entries. */
function refusedEntries({ body = '' }: FaultRequest): Fault {
  const { Entries } = tryParseJson(body) as {
    readonly Entries?: readonly { readonly Id: string }[];
  };
  if (Entries === undefined) return awsError(503, 'ServiceUnavailable');
  const Failed = Entries.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' }));
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { kind: 'status', status: 200, body: JSON.stringify({ Successful: [], Failed }), headers };
}
