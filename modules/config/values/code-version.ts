import { FieldError } from './error.js';

/** Numbers separated by dots, and what comes before a release after a hyphen: 1.4, v2.0.1, 2026.11.29, 2.0.0-rc.1. */
export const CODE_VERSION =
  /^v?\d{1,9}(?:\.\d{1,9}){0,4}(?:-[0-9A-Za-z]{1,16}(?:\.[0-9A-Za-z]{1,16}){0,4})?$/;

export const CODE_VERSION_TEXT =
  'numbers separated by dots, such as 1.4.0 or 2026.11.29, and for a pre-release a hyphen and words or numbers (2.0.0-rc.1)';

/** Throws FieldError. */
export function parseCodeVersion(value: string): string {
  if (CODE_VERSION.test(value)) return value;
  throw new FieldError(`must be ${CODE_VERSION_TEXT}`);
}
