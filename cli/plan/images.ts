import { imageTagOf } from '../../modules/config/images.js';
import type { ResourceChange } from './json.js';

/** A function whose image changes, or that becomes an image or a zip. */
export interface ImageChange {
  /** The last part of the address, such as `app`. */
  readonly role: string;
  /** Tag of the image that the function has, or undefined for a zip. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Finds the functions whose image changes. A new function is none of them. */
export function imageChanges(resources: readonly ResourceChange[]): ImageChange[] {
  return resources.flatMap(({ type, address, change: { before, after } }) => {
    if (type !== 'aws_lambda_function' || !before || !after) return [];
    const [old, next] = [before['image_uri'], after['image_uri']].map(tryTag);
    const role = address.slice(address.lastIndexOf('.') + 1);
    return old === next ? [] : [{ role, before: old, after: next }];
  });
}

/** The change as a sentence for a reviewer. */
export function imageText({ role, before, after }: ImageChange): string {
  if (before === undefined) return `${role}: ${becomes('an image', after)}`;
  if (after === undefined) return `${role}: ${becomes('a zip')}`;
  return `${role}: image changes, \`${before}\` → \`${after}\``;
}

function becomes(what: string, tag?: string): string {
  const which = tag === undefined ? what : `${what} (\`${tag}\`)`;
  return `becomes ${which}, for which Lambda needs a new function. Nothing is lost: messages wait in the queue meanwhile, and the logs stay.`;
}

/** The tag of an image, or its digest; undefined if there is none, as in the state of a zip. */
function tryTag(uri: unknown): string | undefined {
  return typeof uri === 'string' && uri !== '' ? imageTagOf(uri) : undefined;
}
