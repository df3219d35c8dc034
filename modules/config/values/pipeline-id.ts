import { FieldError } from './error.js';

export const PIPELINE_ID = /^[a-z][a-z0-9_]{0,39}$/;

/** Stacks of the project's own, synthesized with BOOTSTRAP=1. */
export const RESERVED_STACKS: readonly string[] = ['bootstrap', 'github_oidc'];

/** Throws FieldError. */
export function parsePipelineId(value: string): string {
  if (!PIPELINE_ID.test(value)) {
    throw new FieldError(
      'must be a lower-case letter, then up to 39 lower-case letters, digits or _',
    );
  }
  if (RESERVED_STACKS.includes(value)) {
    throw new FieldError(
      `must not be ${RESERVED_STACKS.join(' or ')}: the project has stacks of these names`,
    );
  }
  return value;
}
