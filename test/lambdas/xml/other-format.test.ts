import { describe, expect, test } from '@jest/globals';
import { readXml } from '../../../lambdas/xml/xml.js';

function reason(text: string): string {
  try {
    readXml({ href: 's3://b/a.xml', text }, {});
    return 'no error';
  } catch (error) {
    return (error as Error).message;
  }
}

const S3_ERROR =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';

describe('a page where XML was expected', () => {
  test.each([
    ['<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title>', 'HTML page'],
    ['<html><body><p>Log in<br></body></html>', 'HTML page'],
    ['<html xmlns="http://www.w3.org/1999/xhtml"><head/><body>Sorry</body></html>', 'HTML page'],
    ['\n  <!-- proxy --><HTML><BODY>Sorry</BODY></HTML>', 'HTML page'],
    ['{"message": "Endpoint request timed out"}', 'JSON'],
    ['[{"code": 404}]', 'JSON'],
    [S3_ERROR, 'error page'],
    ['<Error><Code>BlobNotFound</Code></Error>', 'error page'],
    ['<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"/>', 'error page'],
    ['Service Unavailable', 'not XML'],
  ])('[N38] is refused with its first characters: %j', (text, kind) => {
    const message = reason(text);
    const start = text
      .replace(/^(?:\s|<\?.*\?>|<!--.*-->)+/, '')
      .replace(/\s+/g, ' ')
      .slice(0, 20);

    expect(message).toMatch(/^s3:\/\/b\/a\.xml:\d+:\d+: /);
    expect(message).toContain(kind);
    expect(message).toContain(`starts with ${JSON.stringify(start).slice(0, -1)}`);
  });

  test('[N38] is shown with 80 characters, on one line', () => {
    const message = reason(`Service\n${'x'.repeat(500)}`);

    expect(message).toContain(`"Service ${'x'.repeat(72)}... (508 characters)"`);
  });

  test('[N38] that is empty is called empty', () => {
    expect(reason('')).toMatch(/the file is empty$/);
    expect(reason('\uFEFF \n')).toMatch(/the file is empty$/);
  });

  test.each([
    ['an element Code elsewhere', '<a><Error><Code>1</Code></Error></a>'],
    ['a root Error without a Code', '<Error><Reason>1</Reason></Error>'],
    ['an element html that is not the root', '<a><html/></a>'],
  ])('[N38] is not seen in XML with %s', (_, text) => {
    expect(reason(text)).toBe('no error');
  });

  test('[N38] is not reported for a broken file that looks like XML', () => {
    expect(reason('<?xml version="1.0"?><a><b></a>')).not.toContain('starts with');
  });
});
