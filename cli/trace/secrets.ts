const HIDDEN = '(left out)';

/** A signed URL, a token or a password in a message or a log, which no one should paste into a report. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, HIDDEN],
  [
    /\b(X-Amz-(?:Signature|Security-Token|Credential)|Signature|AWSAccessKeyId|sig|(?:access_|id_|refresh_)?token|client_secret|password|api_?key)=[^&\s"'\\]+/gi,
    `$1=${HIDDEN}`,
  ],
  [
    /("(?:access_token|id_token|refresh_token|token|client_secret|password|api_?key|authorization)\\?"\s*:\s*\\?")[^"\\]+/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, HIDDEN],
  [/(\w:\/\/)[^/\s:@]+:[^/\s@]+@/g, `$1${HIDDEN}@`],
];

/** Returns the text without tokens, signatures and passwords. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((left, [pattern, hidden]) => left.replace(pattern, hidden), text);
}
