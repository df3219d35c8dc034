import { randomUUID } from 'node:crypto';
import { ConfigurationError } from '../../lambdas/runtime/errors.js';
import type { HttpResponse } from '../../lambdas/runtime/http.js';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { fine, isDenied, NETWORK, unchecked, wrong, type Check, type Verdict } from './check.js';
import type { DoctorSubject } from './subject.js';

const TIMEOUT_MS = 15_000;

/** The secret with the credentials of the ingestor's client. */
export const secret: Check = {
  name: 'secret',
  needsCredentials: true,
  run: async ({ secret: read, pipeline: { config } }) => {
    try {
      await read();
      return fine('it has cognito_domain, client_id, client_secret and scope');
    } catch (error) {
      if (error instanceof ConfigurationError)
        return wrong(errorText(error), 'correct the value of the secret');
      if (causes(error).some(isDenied))
        return unchecked(
          `your credentials may not read it, which the functions may: ${errorText(error)}; allow secretsmanager:GetSecretValue, and kms:Decrypt if it has a key of its own, to check it and the ingestor`,
        );
      return wrong(
        errorText(error),
        `correct secret_arn (${config.secret_arn}), or create the secret`,
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
      return unchecked('there is no secret to get one with');
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
    const answer = await get(subject, url, bearer);
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

/** The STAC API, which is optional. */
export const stacApi: Check = {
  name: 'STAC API',
  needsCredentials: false,
  run: async (subject) => {
    const { stac_api_url: given } = subject.pipeline.config;
    if (given === undefined) return unchecked('config.yaml has no stac_api_url');
    const url = withoutTrailingSlashes(given);
    const fault = placeholderFault(url, 'stac_api_url');
    if (fault !== undefined) return fault;
    // Behind a proxy, only the root with a slash may be routed.
    const answer = await get(subject, `${url}/`);
    if ('state' in answer) return answer;
    const { status, body } = answer;
    if (status !== 200)
      return wrong(
        `${url}/ answers with HTTP status ${status}`,
        'check stac_api_url: it must be the root of the API',
      );
    const { stac_version: version } = Object(tryParseJson(body.toString('utf8'))) as Readonly<
      Record<string, unknown>
    >;
    return typeof version === 'string'
      ? fine(`${url} is a STAC API (${version})`)
      : wrong(
          `${url}/ is not a STAC API: its answer has no stac_version`,
          'set stac_api_url to the root of the API',
        );
  },
};

/** RFC 2606 reserves these names, and a new pipeline has them. */
function placeholderFault(url: string, key: string): Verdict | undefined {
  const { hostname } = new URL(url);
  if (!/(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid)$/.test(hostname)) return undefined;
  return wrong(`${key} is a placeholder (${url})`, `set ${key} to the URL of yours`);
}

async function get(
  { send }: Pick<DoctorSubject, 'send'>,
  url: string,
  bearer?: string,
): Promise<HttpResponse | Verdict> {
  const headers = {
    accept: 'application/json',
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
  };
  try {
    return await send({
      method: 'GET',
      url,
      headers,
      timeoutMs: TIMEOUT_MS,
      maxBytes: 8 * 1024 * 1024,
    });
  } catch (error) {
    const { origin } = new URL(url);
    return wrong(`${origin} cannot be reached: ${errorText(error)}`, `check the URL; ${NETWORK}`);
  }
}

function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
