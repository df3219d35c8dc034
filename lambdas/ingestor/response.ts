import { saysThatItemExists } from './conflict.js';
import { IngestorError, type FailureKind } from '../runtime/errors.js';
import type { HttpResponse } from '../runtime/http.js';
import { tryParseJson } from '../runtime/json.js';
import { excerpt } from '../runtime/text.js';
import { parseRetryAfter, type Delayed } from '../runtime/retry.js';

/** Names the request in errors. */
export interface Posted {
  readonly url: string;
  readonly what: 'Item' | 'Collection';
  readonly id: string;
}

/** `done`, `token-refused` if a new token may help, or the error to throw. */
export type Verdict = 'done' | 'token-refused' | IngestorError;

/** Thrown when the ingestor is busy; `retryAfterMs` is the value of its Retry-After header, 0 if it has none. */
class BusyIngestorError extends IngestorError implements Delayed {
  readonly retryAfterMs: number;

  constructor(message: string, { status, retryAfterMs }: { status: number; retryAfterMs: number }) {
    super(message, { status, kind: 'transient' });
    this.retryAfterMs = retryAfterMs;
  }
}

/** An entry of FastAPI's error list. Its types are unknown, because a proxy in front of the ingestor may respond instead. */
interface Entry {
  readonly loc?: unknown;
  readonly msg?: unknown;
}

const ENTRIES = 3;
const BUSY = new Set([408, 429, 502, 503, 504]);
/** Messages of responses 400 and 422 that blame a service behind the ingestor, not the Item. */
const TRANSIENT_FAULTS = [
  /received (5\d\d|429|408) response code/i,
  /Asset not accessible:.*\b(5\d\d|429)\b/i,
  /Asset not accessible:.*(slow ?down|throttl|too many requests|reduce your request rate|timed? ?out)/i,
  // The same deployment posts the Collection, which may not be loaded yet.
  /Invalid collection .*404/i,
  /connection|timeout expired/i,
];

/** Decides whether the post is done, needs a new token, or failed (a transient error is worth a retry). */
export function judgeResponse(response: HttpResponse, posted: Posted): Verdict {
  const { status } = response;
  if (status === 200 || status === 201 || status === 202) return 'done';
  const text = response.body.toString('utf8');
  // A Collection has to be overwritten, so for a Collection this is an error.
  if (status === 409 && posted.what === 'Item' && isThere(text, posted.id)) return 'done';
  if (status === 401 || (status === 403 && text.includes('Bad auth token'))) return 'token-refused';
  return refusal(response, text, posted);
}

function isThere(text: string, id: string): boolean {
  const messages = entriesOf(text).map(({ msg }) => textOf(msg));
  return (messages.length > 0 ? messages : [text]).some((one) => saysThatItemExists(one, id));
}

/** Thrown when the ingestor also refuses a new token. A retry within the invocation would be refused as well. */
export class TokenRefusedError extends IngestorError {}

/** The error for a new token that the ingestor also refuses; `scope` are the scopes that it was requested with. */
export function tokenRefused(
  { status }: HttpResponse,
  posted: Posted,
  scope?: string,
): TokenRefusedError {
  const checks =
    scope === undefined
      ? ', and that its clock is right'
      : `, that its clock is right, and that it accepts the scopes that were sent: '${scope}'`;
  return new TokenRefusedError(
    `POST ${posted.url} returned ${status} even with a new access token: check that the ingestor's JWKS_URL belongs to ` +
      `the user pool of cognito_domain${checks}`,
    { status, kind: 'transient' },
  );
}

/** The error for an ingestor that requires a token when a local run has none to send. */
export function tokenMissing({ status }: HttpResponse, posted: Posted): IngestorError {
  return new IngestorError(
    `POST ${posted.url} returned ${status}, and no access token was sent: set INGESTOR_TOKEN, INGESTOR_SECRET or ` +
      'SECRET_ARN',
    { status, kind: 'transient' },
  );
}

function refusal(
  { status, headers }: HttpResponse,
  text: string,
  { url, what: posted }: Posted,
): IngestorError {
  const what = `POST ${url} returned ${status}`;
  if (status >= 300 && status < 400) {
    const location = headers.location ?? 'an unknown location';
    return new IngestorError(
      `${what}, a redirect to ${location}: a redirected POST loses its body, so set ingestor_url to the final URL`,
      { status, kind: 'transient' },
    );
  }
  if (BUSY.has(status)) {
    const retryAfterMs = parseRetryAfter(headers['retry-after']);
    return new BusyIngestorError(`${what}: ${detailOf(text)}`, { status, retryAfterMs });
  }
  return new IngestorError(`${what}: ${detailOf(text)}${hintFor(status)}`, {
    status,
    // A conflict of an Item may pass, as that of a lock does.
    kind: status === 409 && posted === 'Item' ? 'transient' : kindOf(status, text),
  });
}

const HINTS: Readonly<Record<number, string>> = {
  403: ' (check the stage in ingestor_url, and whether a firewall blocks the request)',
  404: ' (check the path of ingestor_url)',
  405: ' (check the path of ingestor_url)',
  500: " (also returned when the token's signing key is not in its JWKS_URL)",
};

function hintFor(status: number): string {
  return HINTS[status] ?? '';
}

function kindOf(status: number, text: string): FailureKind {
  if (status === 413) return 'permanent';
  if (status !== 400 && status !== 409 && status !== 422) return 'transient';
  const messages = entriesOf(text).map(({ msg }) => textOf(msg));
  const isTransient = (message: string) => TRANSIENT_FAULTS.some((fault) => fault.test(message));
  return messages.length > 0 && messages.every(isTransient) ? 'transient' : 'permanent';
}

/** Returns the first entries as `loc: msg`, without `input`, which repeats what was posted. */
function detailOf(text: string): string {
  const entries = entriesOf(text);
  if (entries.length === 0) return text.trim() === '' ? '(no body)' : excerpt(text.trim());
  const shown = entries.slice(0, ENTRIES).map(({ loc, msg }) => {
    const where = Array.isArray(loc) ? `${loc.join('.')}: ` : '';
    return where + excerpt(textOf(msg), 300);
  });
  const more = entries.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function textOf(msg: unknown): string {
  if (msg === undefined) return '(no message)';
  return typeof msg === 'string' ? msg : JSON.stringify(msg);
}

/** FastAPI's `detail` is a list of entries or one string. */
function entriesOf(text: string): readonly Entry[] {
  const detail = tryDetail(text);
  if (typeof detail === 'string') return [{ msg: detail }];
  if (!Array.isArray(detail)) return [];
  return detail.filter((entry): entry is Entry => typeof entry === 'object' && entry !== null);
}

function tryDetail(text: string): unknown {
  const body = tryParseJson(text);
  if (typeof body !== 'object' || body === null) return undefined;
  const { detail, message, description } = body as Readonly<Record<string, unknown>>;
  return detail ?? message ?? description;
}
