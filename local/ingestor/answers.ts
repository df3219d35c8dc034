import { INTERNAL_ERROR, type LocalAnswer, type LocalRequest } from '../http/server.js';
import { type JsonFault, missing } from './faults.js';

/** The body as JSON, or the answer that it gets. */
export function parseJsonBody({
  body,
  headers,
}: LocalRequest): LocalAnswer | { readonly value: unknown } {
  if (body === '') return unprocessable([missing(['body'])]);
  if (!/^application\/(.+\+)?json\b/.test(headers['content-type'] ?? '')) {
    const msg = 'Input should be a valid dictionary or object to extract fields from';
    return unprocessable([{ type: 'model_attributes_type', loc: ['body'], msg, input: body }]);
  }
  try {
    return { value: JSON.parse(body) };
  } catch {
    // Python reads NaN and Infinity, and fails where it writes them.
    if (/[:,[]\s*(NaN|-?Infinity)\b/.test(body)) return INTERNAL_ERROR;
    return unprocessable([
      { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} },
    ]);
  }
}

export function unprocessable(faults: readonly JsonFault[]): LocalAnswer {
  return { status: 422, body: JSON.stringify({ detail: faults }) };
}

export function detail(status: number, text: string): LocalAnswer {
  return { status, body: JSON.stringify({ detail: text }) };
}

export function redirect(location: string): LocalAnswer {
  return { status: 307, body: '', headers: { location } };
}
