import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const RecordSchema = z.object({
  /** SHA-256 of every input file of the zip, by path relative to the project. */
  inputs: z.record(z.string(), z.string()),
  /** SHA-256 of the zip. */
  zip: z.string(),
});

/**
 * npm writes this file at every installation. It lists the installed versions, which determine what imports resolve to.
 */
export const INSTALLED = 'node_modules/.package-lock.json';

/**
 * Zips of earlier runs. A zip is reused only if all its input files and the installed packages are byte-identical.
 * Bundling takes a second, comparing takes a tenth of it.
 */
export class BundleCache {
  private readonly folder: string;
  /** Hashes by path: entries share most of their files. */
  private readonly hashes = new Map<string, string>();

  /** @param recipe everything else that determines the bytes: the version of the bundler and its options */
  constructor(
    private readonly root: string,
    private readonly recipe: string,
  ) {
    this.folder = join(root, 'node_modules', '.cache', 'bundles');
  }

  /** Returns the zip of an entry, or undefined if there is none or an input has changed. */
  tryFind(entry: string): Uint8Array | undefined {
    const path = this.pathOf(entry);
    try {
      const record = RecordSchema.parse(JSON.parse(readFileSync(`${path}.json`, 'utf8')));
      const isSame = ([input, hash]: [string, string]): boolean => this.hashOf(input) === hash;
      if (!Object.entries(record.inputs).every(isSame)) return undefined;
      const zip = readFileSync(`${path}.zip`);
      return sha256(zip) === record.zip ? zip : undefined;
    } catch {
      // The record is missing or damaged, or an input was deleted: bundle again.
      return undefined;
    }
  }

  /** Stores the zip of an entry. @param inputs paths of its input files, relative to the project */
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

/** Writes a file atomically, because another run may read it at the same time. */
function writeWhole(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
