import { ACCOUNT, REGION } from '../system/places.js';

/** Identity of a caller. In the emulator, an access key of twelve digits is the root user of that account. */
export interface Caller {
  readonly endpoint: string;
  /** @default that of the stacks */
  readonly account?: string;
  /** @default that of the stacks */
  readonly region?: string;
}

/**
 * Calls a service whose SDK is not a dependency of the project, in the query protocol (IAM, SNS). Returns the XML.
 * The emulator accepts the root key without a signature. Throws with the emulator's response.
 */
export async function queryCall(
  caller: Caller,
  [service, action]: readonly [service: string, action: string],
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const body = new URLSearchParams({ Action: action, ...parameters });
  return send(caller, service, { body });
}

/** As queryCall, in the JSON protocol (Cognito, CloudWatch Logs). `target` is the header X-Amz-Target. */
export async function jsonCall(
  caller: Caller,
  [service, target]: readonly [service: string, target: string],
  parameters: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  return JSON.parse(await send(caller, service, { body: JSON.stringify(parameters), headers }));
}

/** As queryCall, for a service with paths (Lambda, S3, Scheduler). Returns the text. */
export function getCall(caller: Caller, service: string, path: string): Promise<string> {
  return send(caller, service, { path });
}

interface Sent {
  /** @default none, which makes it a GET */
  readonly body?: string | URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

async function send(
  { endpoint, account = ACCOUNT, region = REGION }: Caller,
  service: string,
  { body, headers = {}, path = '/' }: Sent,
): Promise<string> {
  const credential = `${account}/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  const answer = await fetch(`${endpoint}${path}`, {
    ...(body !== undefined && { method: 'POST', body }),
    headers: { ...headers, authorization },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service} returned ${answer.status}: ${text.slice(0, 1000)}`);
  return text;
}
