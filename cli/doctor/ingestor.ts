import { randomUUID } from 'node:crypto';
import { isNamed } from '../../lambdas/runtime/error-codes.js';
import { ConfigurationError } from '../../lambdas/runtime/errors.js';
import type { HttpResponse } from '../../lambdas/runtime/http.js';
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { fine, isDenied, NETWORK, unchecked, wrong, type Check, type Verdict } from './check.js';
import { askUrl, placeholderFault } from './urls.js';

/** The secret with the credentials of the ingestor's client. */
export const secret: Check = {
  name: 'secret',
  needsCredentials: true,
  run: async ({ secret: read }) => {
    try {
      await read();
      return fine('it has cognito_domain, client_id, client_secret and scope');
    } catch (error) {
      if (error instanceof ConfigurationError)
        return wrong(errorText(error), 'correct the value of the secret');
      if (causes(error).some(isDenied))
        return unchecked(
          `your credentials may not read it, which the functions may: allow secretsmanager:GetSecretValue, and kms:Decrypt if it has a key of its own, to check it and the ingestor: ${errorText(error)}`,
        );
      const isMissing = causes(error).some((cause) => isNamed(cause, 'ResourceNotFoundException'));
      return wrong(
        errorText(error),
        isMissing ? 'correct secret_arn, or create the secret' : NETWORK,
      );
    }
  },
};

/** An access token of the client in the secret. */
export const token: Check = {
  name: 'token',
  needsCredentials: true,
  run: async ({ secret: read, token: get }) => {
    let domain;
    try {
      ({ cognito_domain: domain } = await read());
    } catch {
      return unchecked('it takes the secret, which was not read');
    }
    try {
      await get();
      return fine(`${domain} gives one`);
    } catch (error) {
      return wrong(errorText(error), 'correct the secret, or the app client in Cognito');
    }
  },
};

/**
 * Whether the ingestor lets the client in: it is asked for the ingestion of an Item that was never posted, as the
 * verification asks, so that nothing is posted.
 */
export const ingestor: Check = {
  name: 'ingestor',
  needsCredentials: false,
  run: async (subject) => {
    const { config } = subject.pipeline;
    const base = withoutTrailingSlashes(config.ingestor_url);
    const fault = placeholderFault(base, 'ingestor_url');
    if (fault !== undefined) return fault;
    const bearer = await subject.token().catch(() => undefined);
    const url = `${base}/ingestions/doctor-${randomUUID()}`;
    const answer = await askUrl(subject, url, bearer);
    if ('state' in answer) return answer;
    if (bearer === undefined)
      return unchecked(
        `it answers with HTTP status ${answer.status}, but there is no token to authenticate with`,
      );
    return judge(answer, { url: base, verifies: config.verify_ingestion });
  },
};

interface Asked {
  readonly url: string;
  readonly verifies: boolean;
}

function judge({ status, body, headers }: HttpResponse, { url, verifies }: Asked): Verdict {
  const text = body.toString('utf8');
  const what = `${url} answers with HTTP status ${status}`;
  if (status === 200 || (status === 404 && text.includes('No ingestion found')))
    return fine(`${url} lets the client in`);
  if (status === 401 || (status === 403 && text.includes('Bad auth token')))
    return wrong(
      `${what} to a new token`,
      "check that the ingestor's JWKS_URL belongs to the user pool of cognito_domain, that its clock is right, and that it accepts the scopes in the secret",
    );
  if (status >= 300 && status < 400)
    return wrong(
      `${what}, a redirect to ${headers.location ?? 'an unknown location'}`,
      'set ingestor_url to the final URL, because a redirected POST loses its body',
    );
  if (status === 422 && text.includes('provided_by'))
    return wrong(
      `${what}: it has no JWKS_URL, and asks for provided_by`,
      "set the ingestor's JWKS_URL",
    );
  if (status === 404 || status === 405)
    return wrong(
      `${what} to GET /ingestions/<id>`,
      `check the path and the stage of ingestor_url${verifies ? '; if the ingestor has no such route: verify_ingestion: false' : ''}`,
    );
  if (status === 403)
    return wrong(
      what,
      'check the stage of ingestor_url, and whether a firewall blocks the request',
    );
  if (status === 500)
    return wrong(
      what,
      "check its log; it also answers so if the token's signing key is not in its JWKS_URL",
    );
  return wrong(what, 'check the ingestor and its log');
}

function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
