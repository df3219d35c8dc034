import * as z from 'zod/mini';
import type { ClientSecret } from './client-secret.js';
import { systemClock } from '../runtime/clock.js';
import { TokenError } from '../runtime/errors.js';
import { isBusyStatus, sendHttp, type HttpResponse, type SendHttp } from '../runtime/http.js';
import { tryParseJson } from '../runtime/json.js';
import { parseRetryAfter, retry, type Delayed } from '../runtime/retry.js';

/** A bearer token. Times are in milliseconds since the epoch, by the clock of this machine. */
export interface AccessToken {
  readonly value: string;
  /** Time from which a new token is requested. */
  readonly renewAt: number;
  readonly expiresAt: number;
}

const REQUEST_TIMEOUT_MS = 10_000;
const TRIES = 3;
const RETRY_TIMEOUT_MS = 20_000;
/** A server may omit expires_in: RFC 6749 section 5.1. */
const DEFAULT_LIFETIME_SECONDS = 300;
/** Fraction of its lifetime after which a token is renewed (Cognito's guide on caching tokens). */
const RENEW_SHARE = 0.75;

/** Returns when a token was issued, in milliseconds since the epoch. */
export function issuedAt({ renewAt, expiresAt }: AccessToken): number {
  return expiresAt - (expiresAt - renewAt) / (1 - RENEW_SHARE);
}

const TokenResponseSchema = z.object({
  access_token: z.string().check(z.minLength(1)),
  expires_in: z.optional(z.union([z.number(), z.string()])),
});

/** Thrown when the token endpoint is busy; `retryAfterMs` is the value of its Retry-After header, 0 if it has none. */
class BusyTokenError extends TokenError implements Delayed {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Thrown when the token endpoint refuses the client or its scopes, so that the same request would be refused again. */
class RefusedClientError extends TokenError {}

/**
 * Requests a token with the client-credentials grant: a POST with a form body and Basic authentication of `id:secret`,
 * not percent-encoded, because Cognito does not decode them. Retries while the endpoint is busy or cannot be reached.
 * Throws TokenError, whose message contains no part of a response body but the error code.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export async function requestToken(
  secret: ClientSecret,
  send: SendHttp = sendHttp,
  now: () => number = Date.now,
): Promise<AccessToken> {
  return retry(() => requestOnce(secret, send, now), {
    tries: TRIES,
    deadline: now() + RETRY_TIMEOUT_MS,
    isRetryable: (error) => !(error instanceof RefusedClientError),
    clock: { ...systemClock, now },
  });
}

async function requestOnce(
  secret: ClientSecret,
  send: SendHttp,
  now: () => number,
): Promise<AccessToken> {
  const url = `${secret.cognito_domain}/oauth2/token`;
  const response = await post(url, secret, send);
  if (response.status !== 200) throw refusal(url, response, secret);
  const parsed = TokenResponseSchema.safeParse(tryParseJson(response.body.toString('utf8')));
  if (!parsed.success) throw new TokenError(`${url} returned 200 without an access_token`);
  const lifetimeMs = lifetimeSeconds(parsed.data.expires_in) * 1000;
  const received = now();
  return {
    value: parsed.data.access_token,
    renewAt: received + lifetimeMs * RENEW_SHARE,
    expiresAt: received + lifetimeMs,
  };
}

async function post(url: string, secret: ClientSecret, send: SendHttp): Promise<HttpResponse> {
  const { client_id: id, client_secret: key, scope } = secret;
  try {
    return await send({
      method: 'POST',
      url,
      timeoutMs: REQUEST_TIMEOUT_MS,
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${key}`, 'utf8').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
    });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'unknown error';
    throw new TokenError(`${url} cannot be reached: ${detail}`, { cause });
  }
}

/** A busy Cognito returns 429, or 400 with TooManyRequests in the body. */
function refusal(
  url: string,
  { status, headers, body }: HttpResponse,
  { scope }: ClientSecret,
): TokenError {
  const text = body.toString('utf8');
  const code = /"error"\s*:\s*"([A-Za-z_]{1,60})"/.exec(text)?.[1];
  const what = `${url} returned no token: HTTP status ${status}${code === undefined ? '' : ` (${code})`}`;
  if (isBusyStatus(status) || text.includes('TooManyRequests')) {
    return new BusyTokenError(what, parseRetryAfter(headers['retry-after']));
  }
  if (code === 'invalid_scope') {
    return new RefusedClientError(
      `${what}: the app client does not allow the scopes that were sent, '${scope}': correct scope in the secret, or ` +
        'allow them for the client in Cognito',
    );
  }
  return new RefusedClientError(
    `${what}: check cognito_domain, client_id, client_secret and scope in the secret`,
  );
}

function lifetimeSeconds(expiresIn: number | string | undefined): number {
  const seconds = Number(expiresIn);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_LIFETIME_SECONDS;
}
