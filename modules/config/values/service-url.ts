import { FieldError } from './error.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Returns the URL of an API without a slash at its end, so that paths can be appended. Throws FieldError. */
export function parseServiceUrl(value: string): string {
  // The URL class corrects faults silently: it accepts "https:example.com", spaces and backslashes.
  if (!/^https?:\/\/[^/?#]/i.test(value)) throw new FieldError('must be a URL: https://host/path');
  if (/[\s\\]/.test(value)) throw new FieldError('must be a URL without spaces or backslashes');
  // The class would encode these characters, and a placeholder such as <host> would stay unnoticed.
  if (/[<>{}"^`|]/.test(value))
    throw new FieldError(
      'must be a URL without <, >, {, }, ", ^, ` or |: replace placeholders by their values',
    );
  if (/[?#]/.test(value))
    throw new FieldError('must be a URL without a query (?) or a fragment (#)');
  if (!URL.canParse(value)) throw new FieldError('must be a URL: https://host/path');
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') {
    throw new FieldError('must be a URL without a user name or a password');
  }
  if (url.protocol !== 'https:' && !LOOPBACK.test(url.hostname)) {
    throw new FieldError('must start with https:// (http:// only for a host on this machine)');
  }
  return url.href.replace(/\/+$/, '');
}
