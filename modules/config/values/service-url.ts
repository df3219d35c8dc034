import { FieldError } from './error.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The URL of an API as paths are appended to it: without a slash at its end. Throws FieldError. */
export function parseServiceUrl(value: string): string {
  // The URL class mends too much to be asked first: "https:example.com", blanks and backslashes all pass.
  if (!/^https?:\/\/[^/?#]/i.test(value)) throw new FieldError('must be a URL: https://host/path');
  if (/[\s\\]/.test(value)) throw new FieldError('must be a URL without blanks and backslashes');
  // The class would encode them, and what they hold a place for would never be put in.
  if (/[<>{}"^`|]/.test(value))
    throw new FieldError('must be a URL without <, >, {, }, ", ^, ` and |: replace placeholders');
  if (/[?#]/.test(value))
    throw new FieldError('must be a URL without a query (?) and a fragment (#)');
  if (!URL.canParse(value)) throw new FieldError('must be a URL: https://host/path');
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') {
    throw new FieldError('must be a URL without a user name and a password');
  }
  if (url.protocol !== 'https:' && !LOOPBACK.test(url.hostname)) {
    throw new FieldError('must begin with https:// (http:// only for a host on this machine)');
  }
  return url.href.replace(/\/+$/, '');
}
