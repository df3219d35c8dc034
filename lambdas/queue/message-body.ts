/** A body as it is sent. */
export interface SendableBody {
  readonly body: string;
  /** In UTF-8, as SQS counts. */
  readonly bytes: number;
}

// Most bodies are plain, and one look at them suffices.
const NOT_PLAIN = /[^\t\n\r -~]/;
/** What SQS refuses. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const ILLEGAL = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * A body that SQS takes, whatever key stands in it, and that reads the same: JSON with every character beyond ASCII
 * escaped. A text that is no JSON stays as it is, or becomes a JSON string where SQS would refuse it.
 */
export function sendableBody(body: string): SendableBody {
  if (!NOT_PLAIN.test(body)) return { body, bytes: body.length };
  const sendable = escaped(body);
  return { body: sendable, bytes: Buffer.byteLength(sendable) };
}

function escaped(body: string): string {
  if (isJson(body)) return escapeToAscii(body);
  return ILLEGAL.test(body) ? escapeToAscii(JSON.stringify(body)) : body;
}

function escapeToAscii(json: string): string {
  // Only strings of JSON can hold such characters, so an escape means the same there.
  return json.replace(
    /[\u007F-\uFFFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isJson(text: string): boolean {
  if (!/^\s*["[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
