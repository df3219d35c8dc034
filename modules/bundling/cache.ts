import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const RecordSchema = z.object({
  /** SHA-256 of every file that the zip was made of, by path relative to the project. */
  inputs: z.record(z.string(), z.string()),
  /** SHA-256 of the zip. */
  zip: z.string(),
});

/** What npm writes at every installation: which versions there are, and so which file an import finds. */
const INSTALLED = 'node_modules/.package-lock.json';

/**
 * Zips of earlier runs. One is taken only while each file that it was made of, and what is installed, are as they
 * were, to the byte: making a bundle takes a second, comparing a tenth.
 */
export class BundleCache {
  private readonly folder: string;
  /** Entries share most of their files. */
  private readonly hashes = new Map<string, string>();

  /** @param recipe whatever else decides over the bytes: the bundler's version and options */
  constructor(
    private readonly root: string,
    private readonly recipe: string,
  ) {
    this.folder = join(root, 'node_modules', '.cache', 'bundles');
  }

  tryFind(entry: string): Uint8Array | undefined {
    const path = this.pathOf(entry);
    try {
      const record = RecordSchema.parse(JSON.parse(readFileSync(`${path}.json`, 'utf8')));
      const isSame = ([input, hash]: [string, string]): boolean => this.hashOf(input) === hash;
      if (!Object.entries(record.inputs).every(isSame)) return undefined;
      const zip = readFileSync(`${path}.zip`);
      return sha256(zip) === record.zip ? zip : undefined;
    } catch {
      // Missing or damaged, or a file is gone: the bundle is made again.
      return undefined;
    }
  }

  keep(
    entry: string,
    { zip, inputs }: { readonly zip: Uint8Array; readonly inputs: readonly string[] },
  ): void {
    const path = this.pathOf(entry);
    const hashes = [INSTALLED, ...inputs].map((input) => [input, this.hashOf(input)] as const);
    mkdirSync(this.folder, { recursive: true });
    writeWhole(`${path}.zip`, zip);
    writeWhole(
      `${path}.json`,
      JSON.stringify({ inputs: Object.fromEntries(hashes), zip: sha256(zip) }),
    );
  }

  private hashOf(input: string): string {
    const known = this.hashes.get(input) ?? sha256(readFileSync(join(this.root, input)));
    this.hashes.set(input, known);
    return known;
  }

  private pathOf(entry: string): string {
    return join(this.folder, sha256(`${this.recipe}\n${entry}`).slice(0, 32));
  }
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Another run may read at the same time. */
function writeWhole(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
