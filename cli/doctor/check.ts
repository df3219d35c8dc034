import { tryAwsStatus } from '../../lambdas/runtime/error-codes.js';
import { errorText } from '../shared/deployed-pipeline.js';
import type { DoctorSubject } from './subject.js';

/** What a check found out about one thing. Each text is a sentence without a full stop. */
export type Verdict =
  | { readonly state: 'fine'; readonly says: string }
  | { readonly state: 'wrong'; readonly says: string; readonly remedy: string }
  | { readonly state: 'not checked'; readonly says: string }
  /** The pipeline does not have what the check looks at. */
  | { readonly state: 'not needed'; readonly says: string };

export interface Check {
  /** What is checked, in a word or two; unique. */
  readonly name: string;
  /** Whether it asks AWS about this pipeline, so that nothing can be said without credentials. */
  readonly needsCredentials: boolean | ((subject: DoctorSubject) => boolean);
  /** Changes nothing. An error that it throws is reported as wrong. */
  readonly run: (subject: DoctorSubject) => Promise<Verdict | readonly Verdict[]>;
}

export function fine(says: string): Verdict {
  return { state: 'fine', says };
}

export function wrong(says: string, remedy: string): Verdict {
  return { state: 'wrong', says, remedy };
}

export function unchecked(says: string): Verdict {
  return { state: 'not checked', says };
}

export function unneeded(says: string): Verdict {
  return { state: 'not needed', says };
}

/** Whether AWS refused a request because of missing permissions. */
export function isDenied(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (/^(?:AccessDenied|AuthorizationError|UnauthorizedOperation|Forbidden)/.test(error.name))
    return true;
  return tryAwsStatus(error) === 403 && !isCredentialFault(error);
}

const CREDENTIAL_FAULTS =
  /^(?:CredentialsProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoesNotMatch|TokenRefreshRequired|InvalidToken|RequestExpired)/;

/** Whether the credentials themselves are missing, wrong or expired. */
export function isCredentialFault(error: unknown): boolean {
  return error instanceof Error && CREDENTIAL_FAULTS.test(error.name);
}

/** What to say if AWS did not answer a request; denied access is only a gap of the check. */
export function notAnswered(what: string, error: unknown, remedy: string): Verdict {
  const text = errorText(error);
  return isDenied(error)
    ? unchecked(`your credentials may not ask about ${what}: ${text}`)
    : wrong(`${what} could not be asked about: ${text}`, remedy);
}

export const NETWORK = 'check the network, a proxy and the region';
