import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { secretReader, type ClientSecret } from '../../lambdas/ingestor/client-secret.js';
import { requestToken } from '../../lambdas/ingestor/token-request.js';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { sendHttp, type SendHttp } from '../../lambdas/runtime/http.js';
import { once } from '../../lambdas/runtime/once.js';
import type { DeployedPipeline } from '../shared/deployed-pipeline.js';

/** Who asks AWS. */
export interface Identity {
  readonly arn: string;
  /** 12 digits. */
  readonly account: string;
}

/** What the checks examine. Several checks need the same answers, which are asked for once. */
export interface DoctorSubject {
  readonly pipeline: DeployedPipeline;
  /** Value of PROJECT. */
  readonly project: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of the project. */
  readonly root: string;
  readonly send: SendHttp;
  /** Rejects with the error of STS. */
  readonly identity: () => Promise<Identity>;
  /** Rejects with TokenError and ConfigurationError. */
  readonly secret: () => Promise<ClientSecret>;
  /** Returns an access token of the ingestor's client. Rejects as `secret` does, and with TokenError. */
  readonly token: () => Promise<string>;
}

export type SubjectParts = Pick<DoctorSubject, 'pipeline' | 'project' | 'env' | 'root'> & {
  readonly send?: SendHttp;
};

export function doctorSubject({ send = sendHttp, ...parts }: SubjectParts): DoctorSubject {
  const { region, secret_arn: secretArn } = parts.pipeline.config;
  const secret = once(() => secretReader(secretArn)({ fresh: true }));
  return {
    ...parts,
    send,
    identity: once(() => identityIn(region)),
    secret,
    token: once(async () => (await requestToken(await secret(), send)).value),
  };
}

async function identityIn(region: string): Promise<Identity> {
  const sts = new STSClient({ region, requestHandler: AWS_REQUESTS });
  const { Arn: arn = '', Account: account = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return { arn, account };
}
