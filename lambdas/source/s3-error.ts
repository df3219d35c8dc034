import { archiveHint } from '../runtime/archive.js';
import { tryAwsStatus } from '../runtime/error-codes.js';
import { failureOf, ReadError, type FailureKind } from '../runtime/errors.js';
import { refusalOf, saidBy, type S3Refusal } from './s3-refusal.js';

export interface S3Access {
  readonly action: 's3:GetObject' | 's3:ListBucket';
  /** Whether the request said that its sender pays. */
  readonly requesterPays: boolean;
}

export interface S3Explanation {
  readonly kind: FailureKind;
  /** What is wrong and what to do. Undefined if the message of S3 says everything that is known. */
  readonly advice?: string;
}

const CREDENTIALS =
  'the credentials of the reader are no longer valid: sign in again, or correct AWS_PROFILE and the AWS_ variables; Lambda renews those of a function';
const NO_CREDENTIALS =
  'the reader needs credentials of AWS, and there are none that work: sign in, or set AWS_PROFILE or the AWS_ variables';
const REGION =
  'the bucket is in another region, and S3 did not redirect the request to it: check the region and the endpoint';
const BUSY = 'S3 is busy and the read is tried again: lower max_concurrency if this lasts';
const KMS_BUSY =
  'KMS is busy and the read is tried again: lower max_concurrency, or raise the quota of KMS, if this lasts';

/**
 * Codes that mean one thing.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  RequestTimeTooSkewed:
    'the clock of this machine differs from that of S3 by more than 15 minutes: set it',
  ExpiredToken: CREDENTIALS,
  InvalidToken: CREDENTIALS,
  TokenRefreshRequired: CREDENTIALS,
  InvalidAccessKeyId: CREDENTIALS,
  SignatureDoesNotMatch: CREDENTIALS,
  CredentialsProviderError: NO_CREDENTIALS,
  PermanentRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  IllegalLocationConstraintException: REGION,
  SlowDown: BUSY,
  ServiceUnavailable: BUSY,
  InternalError: BUSY,
  ThrottlingException: KMS_BUSY,
  'KMS.ThrottlingException': KMS_BUSY,
  'KMS.DisabledException': 'the KMS key of the object is disabled: enable it',
  'KMS.KMSInvalidStateException':
    'the KMS key of the object cannot be used, for example since it is to be deleted: cancel its deletion',
  'KMS.InvalidStateException':
    'the KMS key of the object cannot be used, for example since it is to be deleted: cancel its deletion',
  'KMS.NotFoundException': 'the KMS key of the object does not exist',
};

const PERMANENT: ReadonlySet<string> = new Set([
  'InvalidObjectState',
  'InvalidBucketName',
  'KeyTooLongError',
]);

/** Returns the error for a request to S3 that failed, with the code and the message of S3. */
export function s3ReadError(href: string, cause: unknown, access: S3Access): ReadError {
  const { name } = failureOf(cause);
  const status = tryAwsStatus(cause);
  if (status === 404) {
    const what = name === 'NoSuchBucket' ? 'its bucket' : 'the object';
    const hint = archiveHint(href);
    return new ReadError(`${href}: ${what} does not exist (${name})${hint}`, {
      href,
      kind: 'permanent',
      missing: name !== 'NoSuchBucket' && hint === '',
      cause,
    });
  }
  const refusal = refusalOf(cause);
  const { kind, advice } = explain(refusal, access);
  const what = isDenied(refusal) ? 'access denied' : 'cannot be read';
  return new ReadError(`${href}: ${what}: ${saidBy(refusal)}${advice ? ` (${advice})` : ''}`, {
    href,
    kind,
    cause,
  });
}

/** Says whether a retry can help, and what to do. */
export function explain(refusal: S3Refusal, access: S3Access): S3Explanation {
  const { code, message } = refusal;
  const kind = PERMANENT.has(code) ? 'permanent' : 'transient';
  if (code === 'InvalidObjectState') return { kind, advice: archivedAdvice(refusal) };
  // An object under a key of its owner (SSE-C): https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
  if (code === 'InvalidRequest' && /server.side encryption/i.test(message)) {
    return {
      kind: 'permanent',
      advice: 'it is encrypted with a key that only its owner has (SSE-C): ask for a copy',
    };
  }
  const advice = isDenied(refusal) ? deniedAdvice(message, access) : EXPLANATIONS[code];
  return advice === undefined ? { kind } : { kind, advice };
}

function archivedAdvice({ storage }: S3Refusal): string {
  const where = storage === undefined ? '' : ` in ${storage}`;
  return `the object is archived${where}: restore it, which takes minutes to 48 hours, before it is read again`;
}

/** S3 answers 403 without a document to a HEAD, and some stores to a GET. */
function isDenied({ code }: S3Refusal): boolean {
  return code === 'AccessDenied' || code === 'Forbidden' || code === 'HTTP status 403';
}

function deniedAdvice(message: string, { action, requesterPays }: S3Access): string {
  if (isAboutKey(message)) {
    return 'the object is encrypted with a KMS key: add its ARN to source_kms_key_arns; the policy of the key has to allow kms:Decrypt, too';
  }
  const payer = requesterPays ? '' : ', or that the bucket needs requester_pays: true';
  return `check that the role may use ${action} there (source, inventory_location), that the bucket's policy allows it if the bucket is in another account${payer}`;
}

/** KMS refuses a role by an action, or a key that it does not show to the role by the ciphertext. */
function isAboutKey(message: string): boolean {
  const [, action] = /not authorized to perform: ([\w:]+)/.exec(message) ?? [];
  if (action !== undefined) return action.startsWith('kms:');
  return /ciphertext|customer master key|\bKMS key\b/i.test(message);
}
