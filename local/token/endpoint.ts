import type { TokenIssuer } from './issuer.js';
import type { FaultPlan } from '../http/faults.js';
import { type LocalResponse, type LocalRequest, type LocalServer, serve } from '../http/server.js';

export interface TokenEndpointOptions {
  readonly issuer: TokenIssuer;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Scopes that a client may request. @default any */
  readonly scopes?: readonly string[];
  /** Lifetime of a token. @default 3600 */
  readonly lifetimeSeconds?: number;
  readonly faults?: FaultPlan;
}

export interface TokenEndpoint extends LocalServer {
  /** Contents of the pipeline's secret for this endpoint. */
  readonly secret: {
    readonly cognito_domain: string;
    readonly client_id: string;
    readonly client_secret: string;
    readonly scope: string;
  };
  /** Returns the number of requests so far, including failed ones. */
  readonly requestCount: () => number;
  /** Rotates the secret: from now on only `clientSecret` is valid. */
  readonly rotate: (clientSecret: string) => void;
}

/** Starts an HTTP server that responds to POST /oauth2/token (client credentials grant) like Cognito. */
export async function startTokenEndpoint(options: TokenEndpointOptions): Promise<TokenEndpoint> {
  const clientId = options.clientId ?? 'local-client';
  let clientSecret = options.clientSecret ?? 'local-secret';
  let requests = 0;

  const server = await serve(
    (request) => respond(request, { ...options, clientId, clientSecret }),
    (request) => {
      requests++;
      return options.faults?.(request);
    },
  );

  return {
    ...server,
    secret: {
      cognito_domain: server.url,
      client_id: clientId,
      client_secret: clientSecret,
      scope: options.scopes?.[0] ?? 'stac:register',
    },
    requestCount: () => requests,
    rotate: (next) => {
      clientSecret = next;
    },
  };
}

type Credentials = TokenEndpointOptions & {
  readonly clientId: string;
  readonly clientSecret: string;
};

function respond(request: LocalRequest, options: Credentials): LocalResponse {
  if (request.path !== '/oauth2/token') return refuse(404, 'not_found');
  if (request.method !== 'POST') return refuse(405, 'method_not_allowed');
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return refuse(400, 'invalid_request');
  }
  const form = new URLSearchParams(request.body);
  if (form.get('grant_type') !== 'client_credentials') return refuse(400, 'unsupported_grant_type');
  if (!knowsClient(request.headers.authorization, options)) return refuse(400, 'invalid_client');
  if (!allowsScope(form.get('scope'), options.scopes)) return refuse(400, 'invalid_scope');

  const lifetime = options.lifetimeSeconds ?? 3600;
  const body = {
    access_token: options.issuer.issue(lifetime),
    expires_in: lifetime,
    token_type: 'Bearer',
  };
  return { status: 200, body: JSON.stringify(body) };
}

function knowsClient(
  authorization: string | undefined,
  { clientId, clientSecret }: Credentials,
): boolean {
  const encoded = /^basic (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString('utf8') === `${clientId}:${clientSecret}`;
}

function allowsScope(requested: string | null, scopes: readonly string[] | undefined): boolean {
  if (!scopes || !requested) return true;
  return requested.split(' ').every((scope) => scopes.includes(scope));
}

function refuse(status: number, error: string): LocalResponse {
  return { status, body: JSON.stringify({ error }) };
}
