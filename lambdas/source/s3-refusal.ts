import { tryAwsStatus } from '../runtime/error-codes.js';
import { failureOf } from '../runtime/errors.js';

/** What S3 answered instead of an object: the elements of its error document. */
export interface S3Refusal {
  readonly code: string;
  readonly message: string;
  /** The storage class of an archived object, or its access tier in Intelligent-Tiering. */
  readonly storage?: string | undefined;
  /** The region or the endpoint of a bucket in another region, if S3 says it. */
  readonly location?: string | undefined;
}

/** Returns the code and the message of a refusal, and where the bucket is, if S3 said it. */
export function saidBy({ code, message, location }: S3Refusal): string {
  return `${code}: ${message}${location === undefined ? '' : ` (the bucket is in ${location})`}`;
}

/** Returns the refusal that an error of the SDK reports. The SDK calls an error without a document `Unknown` or, if it cannot be parsed, `Error`. */
export function refusalOf(cause: unknown): S3Refusal {
  const { name, message } = failureOf(cause);
  const status = tryAwsStatus(cause);
  const isUnknown = name === 'Unknown' || name === 'Error' || name === 'SyntaxError';
  if (isUnknown && status !== undefined) {
    const code = status === 301 ? 'PermanentRedirect' : `HTTP status ${status}`;
    return { code, message: 'S3 did not say why' };
  }
  const fields = Object(cause) as Record<string, unknown>;
  return {
    code: name,
    message,
    storage: textOf(fields['AccessTier']) ?? textOf(fields['StorageClass']),
    location: textOf(fields['Region']) ?? textOf(fields['Endpoint']),
  };
}

const MAX_DOCUMENT_BYTES = 64 * 1024;
const PREDEFINED: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&#34;': '"',
  '&amp;': '&',
};

/** Returns the refusal that the body of an HTTP response is; undefined if it is another document. */
export function tryRefusal(body: Uint8Array): S3Refusal | undefined {
  if (body.length > MAX_DOCUMENT_BYTES) return undefined;
  const text = Buffer.from(body).toString('utf8');
  if (!/^\s*(?:<\?xml[^>]*>\s*)?<Error[\s>]/.test(text)) return undefined;
  const code = element(text, 'Code');
  if (code === undefined) return undefined;
  return {
    code,
    message: element(text, 'Message') ?? 'without a message',
    storage: element(text, 'AccessTier') ?? element(text, 'StorageClass'),
    location: element(text, 'Region') ?? element(text, 'Endpoint'),
  };
}

/** The elements of an error document hold text only; this need not load the parser of XML. */
function element(text: string, name: string): string | undefined {
  const [, content] = new RegExp(`<${name}>([^<]+)</${name}>`).exec(text) ?? [];
  return content?.replace(/&[#\w]+;/g, (entity) => PREDEFINED[entity] ?? entity);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
