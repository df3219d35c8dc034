import { describe, expect, test } from '@jest/globals';
import { parseServiceUrl } from '../../../../modules/config/values/service-url.js';

describe('parseServiceUrl', () => {
  test.each([
    ['https://example.com', 'https://example.com'],
    ['https://example.com/', 'https://example.com'],
    ['https://Example.com:443/Stage/api//', 'https://example.com/Stage/api'],
    ['https://example.com:8443/api', 'https://example.com:8443/api'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['http://127.0.0.1:8080/api', 'http://127.0.0.1:8080/api'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('[H13] %s is used as %s', (value, url) => {
    expect(parseServiceUrl(value)).toBe(url);
  });

  test.each([
    ['https:example.com', 'must be a URL: https://host/path'],
    ['mailto:a@b.c', 'must be a URL: https://host/path'],
    ['example.com/api', 'must be a URL: https://host/path'],
    ['https://', 'must be a URL: https://host/path'],
    ['https:///api', 'must be a URL: https://host/path'],
    ['https://exa[mple.com', 'must be a URL: https://host/path'],
    ['ftp://example.com', 'must be a URL: https://host/path'],
    ['https://example.com/a b', 'must be a URL without spaces or backslashes'],
    ['https://example.com\\api', 'must be a URL without spaces or backslashes'],
    ['https://example.com/${stage}/api', 'replace placeholders'],
    ['https://example.com/<stage>', 'replace placeholders'],
    ['https://example.com/?a=b', 'must be a URL without a query (?) or a fragment (#)'],
    ['https://example.com/#a', 'must be a URL without a query (?) or a fragment (#)'],
    ['https://me@example.com', 'must be a URL without a user name or a password'],
    ['https://:secret@example.com', 'must be a URL without a user name or a password'],
    ['http://example.com', 'must start with https:// (http:// only for a host on this machine)'],
    [
      'http://localhost.example.com',
      'must start with https:// (http:// only for a host on this machine)',
    ],
    [
      'http://127.0.0.1.example.com',
      'must start with https:// (http:// only for a host on this machine)',
    ],
  ])('[H14] %s is refused', (value, message) => {
    expect(() => parseServiceUrl(value)).toThrow(message);
  });
});
