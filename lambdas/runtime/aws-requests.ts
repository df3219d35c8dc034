/** More than all concurrent requests of a function, because waiting for a socket counts as connecting. */
const MAX_SOCKETS = 256;
const CONNECT_MS = 1_000;
/** Three attempts end before a batch of granules must (29 s). */
const IDLE_MS = 8_000;

/** Options of the SDK's request handler, which has no time limits of its own. */
interface AwsRequests {
  /** Milliseconds until the connection is established. */
  readonly connectionTimeout: number;
  /** Milliseconds until the headers of the response have arrived. */
  readonly requestTimeout: number;
  /** Milliseconds without a byte, also of a body: those of errors, redirects and JSON are read by the SDK itself. */
  readonly socketTimeout: number;
  /** Without it, the SDK only logs that a request takes too long. */
  readonly throwOnRequestTimeout: true;
  readonly httpAgent: { readonly maxSockets: number };
  readonly httpsAgent: { readonly maxSockets: number };
}

/**
 * The `requestHandler` of clients of S3. A request that hangs is sent again after 4 s, by the SDK: three times in all.
 * The body of an object has a shorter limit of its own: see `readBody`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html
 */
export const S3_REQUESTS = requestsWithin(4_000, IDLE_MS);

/**
 * The `requestHandler` of the other clients. A synchronous Invoke must not use it: its response comes when the function
 * ends.
 */
export const AWS_REQUESTS = requestsWithin(8_000, IDLE_MS);

/** The `requestHandler` of clients that write files to S3: the response comes after the whole part is sent. */
export const UPLOAD_REQUESTS = requestsWithin(30_000, 30_000);

function requestsWithin(requestTimeout: number, socketTimeout: number): AwsRequests {
  const agent = { maxSockets: MAX_SOCKETS };
  return {
    connectionTimeout: CONNECT_MS,
    requestTimeout,
    socketTimeout,
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: agent,
  };
}
