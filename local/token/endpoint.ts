import type { TokenIssuer } from './issuer.js';
import type { FaultPlan } from '../http/faults.js';
import { type LocalAnswer, type LocalRequest, type LocalServer, serve } from '../http/server.js';

export interface TokenEndpointOptions {
  readonly issuer: TokenIssuer;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Scopes that a client may ask for. @default any */
  readonly scopes?: readonly string[];
  /** @default 3600 */
  readonly lifetimeSeconds?: number;
  readonly faults?: FaultPlan;
}

export interface TokenEndpoint extends LocalServer {
  /** What the pipeline's secret holds to use this endpoint. */
  readonly secret: {
    readonly cognito_domain: string;
    readonly client_id: string;
    readonly client_secret: string;
    readonly scope: string;
  };
  /** Requests that reached the endpoint, failed ones included. */
  readonly requestCount: () => number;
  /** From now on only this secret is right: a rotation. */
  readonly rotate: (clientSecret: string) => void;
}

/** POST /oauth2/token with client credentials, as Cognito answers it. */
export async function startTokenEndpoint(options: TokenEndpointOptions): Promise<TokenEndpoint> {
  const clientId = options.clientId ?? 'local-client';
  let clientSecret = options.clientSecret ?? 'local-secret';
  let requests = 0;

  const server = await serve(
    (request) => answer(request, { ...options, clientId, clientSecret }),
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

function answer(request: LocalRequest, options: Credentials): LocalAnswer {
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

function allowsScope(asked: string | null, scopes: readonly string[] | undefined): boolean {
  if (!scopes || !asked) return true;
  return asked.split(' ').every((scope) => scopes.includes(scope));
}

function refuse(status: number, error: string): LocalAnswer {
  return { status, body: JSON.stringify({ error }) };
}
