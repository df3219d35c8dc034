import { describe, expect, test } from '@jest/globals';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import { judgeResponse } from '../../../lambdas/ingestor/response.js';

function judge(body: unknown, id = 'scene-1') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = { status: 409, headers: {}, body: Buffer.from(text) };
  return judgeResponse(response, { url: 'https://ingestor/ingestions', what: 'Item', id });
}

describe('status 409 for an Item', () => {
  test.each([
    { detail: 'Item already exists' },
    { detail: 'An item with this id already exists.' },
    { detail: "Item 'scene-1' in collection 'scenes' already exists" },
    { detail: [{ loc: ['body', 'id'], msg: 'Ingestion scene-1 is already queued' }] },
    { code: 'ConflictError', description: 'Item scene-1 in collection scenes already exists' },
    { message: 'Key (collection, id)=(scenes, scene-1) already exists.' },
    'Item already exists',
  ])('[N40] counts as posted if it says that this Item exists: %j', (body) => {
    expect(judge(body)).toBe('done');
  });

  test.each([
    { detail: "Item 'scene-12' in collection 'scenes' already exists" },
    { detail: 'Item scene-2 already exists' },
    { detail: "Collection 'scenes' already exists" },
    { detail: "Collection 'scenes' does not exist" },
    { detail: "A lock for Item 'scene-1' already exists" },
    { detail: 'Conflict' },
    { message: 'The resource is being updated' },
    '<html>Conflict</html>',
    '',
  ])('[N40] is a failure with its text for any other conflict: %j', (body) => {
    const verdict = judge(body);

    expect(verdict).toBeInstanceOf(IngestorError);
    expect(verdict).toMatchObject({ status: 409, kind: 'transient' });
    const shown = typeof body === 'string' ? body : (body.detail ?? body.message);
    expect((verdict as IngestorError).message).toContain(`returned 409: ${shown}`);
  });

  test('[N40] matches the whole id, also with characters that mean something in a pattern', () => {
    expect(judge({ detail: "Item 'a.b+c' already exists" }, 'a.b+c')).toBe('done');
    expect(judge({ detail: "Item 'aXb+c' already exists" }, 'a.b+c')).toBeInstanceOf(IngestorError);
    expect(judge({ detail: "Item 'a.b+c' already exists" }, 'a')).toBeInstanceOf(IngestorError);
  });
});
