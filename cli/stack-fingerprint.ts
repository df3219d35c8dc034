import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { z } from 'zod';

/**
 * A hash of a synthesized stack and of the bundles beside it: two that deploy the same have the same, wherever
 * their node_modules are. Undefined where there is no stack.
 */
export function tryFingerprint(folder: string): string | undefined {
  const file = join(folder, 'cdk.tf.json');
  if (!existsSync(file)) return undefined;
  const assets = join(folder, 'assets');
  let stack = readFileSync(file, 'utf8');
  for (const name of existsSync(assets) ? readdirSync(assets).sort() : []) {
    const zip = readFileSync(join(assets, name));
    const content = contentHash(zip);
    // The stack names a zip by its file, and by its hash where Lambda or a trigger compares it.
    stack = stack.replaceAll(name, content).replaceAll(sha256(zip).toString('base64'), content);
  }
  return sha256(stack).toString('hex');
}

function contentHash(zip: Uint8Array): string {
  const hash = createHash('sha256');
  for (const [name, content] of Object.entries(unzipSync(zip)))
    hash.update(name).update(name.endsWith('.map') ? movedSources(content) : content);
  return hash.digest('hex');
}

const SourceMap = z.looseObject({ sources: z.array(z.string()) });

/** A source map names its sources by paths, and esbuild follows a link to where node_modules really is. */
function movedSources(map: Uint8Array): string {
  const { sources, ...rest } = SourceMap.parse(JSON.parse(strFromU8(map)));
  return JSON.stringify({ ...rest, sources: sources.map(placeOf) });
}

/** Of a package's own sources, which it does not ship, the name has to do. */
function placeOf(source: string): string {
  const known = /^(?:.*\/)?((?:node_modules|lambdas|pipelines)\/.*)$/.exec(source)?.[1];
  return known ?? basename(source);
}

function sha256(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
