import { IngestorError, type FailureKind } from '../runtime/errors.js';
import type { HttpAnswer } from '../runtime/http.js';
import { tryParseJson } from '../runtime/json.js';
import { excerpt } from '../runtime/excerpt.js';
import { parseRetryAfter, type Delayed } from '../runtime/retry.js';

/** What was posted where; names the exchange in errors. */
export interface Posted {
  readonly url: string;
  readonly what: 'Item' | 'Collection';
}

/** `token-refused`: a new token may help; otherwise the error to throw. */
export type Verdict = 'done' | 'token-refused' | IngestorError;

/** An ingestor that wants to be left alone for a while. */
class BusyIngestorError extends IngestorError implements Delayed {
  readonly retryAfterMs: number;

  constructor(message: string, { status, retryAfterMs }: { status: number; retryAfterMs: number }) {
    super(message, { status, kind: 'transient' });
    this.retryAfterMs = retryAfterMs;
  }
}

/** Of anybody's making: an ingestor behind a proxy may answer anything. */
interface Entry {
  readonly loc?: unknown;
  readonly msg?: unknown;
}

const ENTRIES = 3;
const BUSY = new Set([408, 429, 502, 503, 504]);
/** What the ingestor says with 400 or 422 when not the Item is at fault but a service behind it. */
const PASSING_FAULTS = [
  /received (5\d\d|429|408) response code/i,
  /Asset not accessible:.*\b(5\d\d|429)\b/i,
  /Asset not accessible:.*(slow ?down|throttl|too many requests|reduce your request rate|timed? ?out)/i,
  // The Collection may not be loaded yet: it is posted by the same deployment.
  /Invalid collection .*404/i,
  /connection|timeout expired/i,
];

/** Sorts an answer: done, try with another token, try again, or never. */
export function judgeAnswer(answer: HttpAnswer, posted: Posted): Verdict {
  const { status } = answer;
  if (status === 200 || status === 201 || status === 202) return 'done';
  // The same Item is there already; a Collection has to be overwritten, so there it is an error.
  if (status === 409 && posted.what === 'Item') return 'done';
  const text = answer.body.toString('utf8');
  if (status === 401 || (status === 403 && text.includes('Bad auth token'))) return 'token-refused';
  return refusal(answer, text, posted);
}

/** The error for a token that the ingestor refuses even when it is new. */
export function tokenRefused({ status }: HttpAnswer, posted: Posted): IngestorError {
  return new IngestorError(
    `POST ${posted.url} answered ${status} to a new access token as well: does its JWKS_URL belong to the pool of ` +
      'cognito_domain, and is its clock right?',
    { status, kind: 'transient' },
  );
}

/** The error for an ingestor that asks for a token where there is none to send: a run on this machine. */
export function tokenMissing({ status }: HttpAnswer, posted: Posted): IngestorError {
  return new IngestorError(
    `POST ${posted.url} answered ${status}, and no access token was sent: set INGESTOR_TOKEN, INGESTOR_SECRET or ` +
      'SECRET_ARN',
    { status, kind: 'transient' },
  );
}

function refusal({ status, headers }: HttpAnswer, text: string, { url }: Posted): IngestorError {
  const what = `POST ${url} answered ${status}`;
  if (status >= 300 && status < 400) {
    const location = headers.location ?? 'nowhere';
    return new IngestorError(
      `${what} and redirects to ${location}: a redirected POST loses its body, so set ingestor_url to the final URL`,
      { status, kind: 'transient' },
    );
  }
  if (BUSY.has(status)) {
    const retryAfterMs = parseRetryAfter(headers['retry-after']);
    return new BusyIngestorError(`${what}: ${detailOf(text)}`, { status, retryAfterMs });
  }
  return new IngestorError(`${what}: ${detailOf(text)}${hintFor(status)}`, {
    status,
    kind: kindOf(status, text),
  });
}

const HINTS: Readonly<Record<number, string>> = {
  403: ' (is the stage in ingestor_url right, and does a firewall let this through?)',
  404: ' (is the path of ingestor_url right?)',
  405: ' (is the path of ingestor_url right?)',
  500: ' (it answers so, too, when the key of the token is not in its JWKS_URL)',
};

function hintFor(status: number): string {
  return HINTS[status] ?? '';
}

function kindOf(status: number, text: string): FailureKind {
  if (status === 413) return 'permanent';
  if (status !== 400 && status !== 409 && status !== 422) return 'transient';
  const messages = entriesOf(text).map(({ msg }) => textOf(msg));
  const passing = (message: string) => PASSING_FAULTS.some((fault) => fault.test(message));
  return messages.length > 0 && messages.every(passing) ? 'transient' : 'permanent';
}

/** The first entries as `loc: msg`; never `input`, which echoes what was posted. */
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

/** FastAPI's `detail` is a list of entries or one text. */
function entriesOf(text: string): readonly Entry[] {
  const detail = tryDetail(text);
  if (typeof detail === 'string') return [{ msg: detail }];
  if (!Array.isArray(detail)) return [];
  return detail.filter((entry): entry is Entry => typeof entry === 'object' && entry !== null);
}

function tryDetail(text: string): unknown {
  const body = tryParseJson(text);
  if (typeof body !== 'object' || body === null) return undefined;
  return 'detail' in body ? body.detail : 'message' in body ? body.message : undefined;
}
