import { FieldError } from './error.js';

export const PIPELINE_ID = /^[a-z][a-z0-9_]{0,39}$/;

/** The stacks of the project itself, which BOOTSTRAP=1 synthesizes. */
export const RESERVED_STACKS: readonly string[] = ['bootstrap', 'images', 'github_oidc'];

/** Throws FieldError. */
export function parsePipelineId(value: string): string {
  if (!PIPELINE_ID.test(value)) {
    throw new FieldError(
      'must be a lowercase letter, then up to 39 lowercase letters, digits or _',
    );
  }
  if (RESERVED_STACKS.includes(value)) {
    throw new FieldError(
      `must not be one of ${RESERVED_STACKS.join(', ')}: the project itself has stacks with these names`,
    );
  }
  return value;
}
