import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A hash of a synthesized stack: two that deploy the same have the same. Its functions are in it by the hashes of
 * their zips, whose bytes are the same wherever node_modules is. Undefined where there is no stack.
 */
export function tryFingerprint(folder: string): string | undefined {
  const file = join(folder, 'cdk.tf.json');
  if (!existsSync(file)) return undefined;
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
