import { LambdaClient } from '@aws-sdk/client-lambda';
import { SignatureV4 } from '@smithy/signature-v4';
import { domainOf } from '../../modules/config/values/arn.js';
import { sendHttp } from '../../lambdas/runtime/http.js';

const TIMEOUT_MS = 5_000;
const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';

/**
 * Returns the ARN of the caller's user or session; undefined if STS cannot be asked, because who stops a queue matters
 * less than that it stops. Every principal may ask STS.
 */
export async function callerArn(region: string): Promise<string | undefined> {
  try {
    const { credentials, sha256 } = new LambdaClient({ region }).config;
    const url = new URL(endpointOf(region));
    const signer = new SignatureV4({ service: 'sts', region, credentials, sha256 });
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: '/',
      headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded' },
      body: BODY,
    });
    const request = { method: 'POST', url: `${url.origin}/`, headers, body: BODY } as const;
    const { body } = await sendHttp({ ...request, timeoutMs: TIMEOUT_MS });
    return /<Arn>([^<]+)<\/Arn>/.exec(body.toString('utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function endpointOf(region: string): string {
  const { AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL } = process.env;
  return AWS_ENDPOINT_URL_STS ?? AWS_ENDPOINT_URL ?? `https://sts.${region}.${domainOf(region)}`;
}
