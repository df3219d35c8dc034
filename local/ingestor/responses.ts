import { INTERNAL_ERROR, type LocalResponse, type LocalRequest } from '../http/server.js';
import { type JsonFault, missing } from './faults.js';

/** Parses the body as JSON. Returns an error response if it cannot be parsed. */
export function parseJsonBody({
  body,
  headers,
}: LocalRequest): LocalResponse | { readonly value: unknown } {
  if (body === '') return unprocessable([missing(['body'])]);
  if (!/^application\/(.+\+)?json\b/.test(headers['content-type'] ?? '')) {
    const msg = 'Input should be a valid dictionary or object to extract fields from';
    return unprocessable([{ type: 'model_attributes_type', loc: ['body'], msg, input: body }]);
  }
  try {
    return { value: JSON.parse(body) };
  } catch {
    // Python's JSON parser accepts NaN and Infinity; the ingestor then fails when it writes them.
    if (/[:,[]\s*(NaN|-?Infinity)\b/.test(body)) return INTERNAL_ERROR;
    return unprocessable([
      { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} },
    ]);
  }
}

export function unprocessable(faults: readonly JsonFault[]): LocalResponse {
  return { status: 422, body: JSON.stringify({ detail: faults }) };
}

export function detail(status: number, text: string): LocalResponse {
  return { status, body: JSON.stringify({ detail: text }) };
}

export function redirect(location: string): LocalResponse {
  return { status: 307, body: '', headers: { location } };
}
