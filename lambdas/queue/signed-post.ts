import { hash } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import type { FailedEntry } from './batch-answer.js';
import { optionalEnv } from '../runtime/env.js';
import { sendHttp, type HttpAnswer, type SendHttp } from '../runtime/http.js';

/** One message of a SendMessageBatch. */
export interface BatchEntry {
  readonly Id: string;
  readonly MessageBody: string;
}

/**
 * Sends one batch and gives the entries that were not taken; undefined where no answer came, or another than that the
 * queue looked at every entry and holds the bodies that were sent.
 */
export type PostBatch = (entries: readonly BatchEntry[]) => Promise<FailedEntry[] | undefined>;

const FailedEntrySchema = z.object({
  Id: z.string(),
  SenderFault: z.optional(z.boolean()),
  Code: z.optional(z.string()),
  Message: z.optional(z.string()),
});

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const BatchAnswerSchema = z.object({
  Successful: z._default(z.array(z.object({ Id: z.string(), MD5OfMessageBody: z.string() })), []),
  Failed: z._default(z.array(FailedEntrySchema), []),
});

// SQS answers within milliseconds, and a batch may be a mebibyte.
const TIMEOUT_MS = 30_000;

/**
 * SendMessageBatch as one POST in SQS's JSON protocol, signed by the client's own signer: a quarter of the processor's
 * time of a call through the SDK's middlewares. It retries nothing and explains no refusal: that is left to the SDK,
 * which sends the same batch where this gives undefined.
 */
export function signedPost(
  queueUrl: string,
  { config }: Pick<SQSClient, 'config'>,
  send: SendHttp = sendHttp,
): PostBatch {
  // The SDK's rule: the queue's own host goes before what AWS_ENDPOINT_URL names.
  const endpoint = new URL('/', queueUrl);
  let signer: ReturnType<typeof config.signer> | undefined;
  return async (entries) => {
    const body = JSON.stringify({ QueueUrl: queueUrl, Entries: entries });
    try {
      signer ??= config.signer();
      const { headers } = await (await signer).sign(requestOf(endpoint, body));
      const url = endpoint.href;
      const answer = await send({ method: 'POST', url, headers, body, timeoutMs: TIMEOUT_MS });
      return tryFailed(answer, entries);
    } catch {
      // The SDK's own attempt says what is wrong, or needs what was not there yet.
      signer = undefined;
      return undefined;
    }
  };
}

function requestOf({ protocol, hostname, host }: URL, body: string) {
  const trace = optionalEnv('_X_AMZN_TRACE_ID');
  return {
    method: 'POST',
    protocol,
    hostname,
    path: '/',
    body,
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessageBatch',
      // What Lambda detects loops by, and X-Ray joins the functions with.
      ...(trace !== undefined && { 'x-amzn-trace-id': trace }),
    },
  };
}

function tryFailed(
  { status, body }: HttpAnswer,
  entries: readonly BatchEntry[],
): FailedEntry[] | undefined {
  if (status !== 200) return undefined;
  const { Successful, Failed } = BatchAnswerSchema.parse(JSON.parse(body.toString('utf8')));
  const taken = new Map(Successful.map(({ Id, MD5OfMessageBody }) => [Id, MD5OfMessageBody]));
  const failed = new Set(Failed.map(({ Id }) => Id));
  if (Successful.length + Failed.length !== entries.length) return undefined;
  const areWhole = entries.every(
    ({ Id, MessageBody }) => failed.has(Id) || taken.get(Id) === hash('md5', MessageBody),
  );
  return areWhole ? Failed : undefined;
}
