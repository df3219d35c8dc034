import type { HttpResponse } from '../../lambdas/runtime/http.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { wrong, type Verdict } from './check.js';
import type { DoctorSubject } from './subject.js';

const TIMEOUT_MS = 15_000;

/** RFC 2606 reserves these names, and a new pipeline has them. */
export function placeholderFault(url: string, key: string): Verdict | undefined {
  const { hostname } = new URL(url);
  if (!/(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid)$/.test(hostname)) return undefined;
  return wrong(`${key} is a placeholder (${url})`, `set ${key} to the URL of yours`);
}

/** Returns the response to a GET; a verdict if there is none. */
export async function askUrl(
  { send }: Pick<DoctorSubject, 'send'>,
  url: string,
  bearer?: string,
): Promise<HttpResponse | Verdict> {
  const headers = {
    accept: 'application/json',
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
  };
  try {
    return await send({
      method: 'GET',
      url,
      headers,
      timeoutMs: TIMEOUT_MS,
      maxBytes: 8 * 1024 * 1024,
    });
  } catch (error) {
    const { origin } = new URL(url);
    return wrong(
      `${origin} cannot be reached: ${errorText(error)}`,
      'check the URL, that it runs there, the network and a proxy',
    );
  }
}
