import { tryParseJson } from '../runtime/json.js';

/**
 * Returns the claim `sub` of an access token, by which the ingestor keeps its ingestions apart. Undefined if the token is
 * not a JSON web token or has no such claim. The signature is not checked: the token came from the token endpoint.
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-4.1.2
 */
export function userOf(token: string): string | undefined {
  const [, payload = ''] = token.split('.');
  const claims = tryParseJson(Buffer.from(payload, 'base64url').toString());
  const { sub } = (claims ?? {}) as { readonly sub?: unknown };
  return typeof sub === 'string' ? sub : undefined;
}
