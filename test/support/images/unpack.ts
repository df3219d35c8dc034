import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

/** An image that was unpacked. */
export interface UnpackedImage {
  /** The folder with its root. */
  readonly root: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** Variables, as `NAME=value`. */
  readonly env: readonly string[];
  readonly user: string;
  readonly architecture: string;
  /** Bytes of the layers as they are stored in a registry. */
  readonly compressedBytes: number;
}

interface Config {
  readonly architecture: string;
  readonly config: {
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Env?: readonly string[];
    readonly User?: string;
  };
}

/** Unpacks an image in the OCI layout, with the owners and modes of its files; only root can. */
export function unpackImage(layout: string, root: string): UnpackedImage {
  const blob = (digest: string): string => join(layout, 'blobs', ...digest.split(':'));
  const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
  const index = json(join(layout, 'index.json')) as { manifests: { digest: string }[] };
  const manifest = json(blob(index.manifests[0]?.digest ?? '')) as Manifest;
  const { architecture, config } = json(blob(manifest.config.digest)) as Config;
  mkdirSync(root, { recursive: true });
  for (const { digest } of manifest.layers) unpackLayer(blob(digest), root);
  return {
    root,
    architecture,
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    env: config.Env ?? [],
    user: config.User ?? '',
    compressedBytes: manifest.layers.reduce((sum, { size }) => sum + size, 0),
  };
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** A layer removes files of those below it by names that begin with `.wh.`. */
function unpackLayer(file: string, root: string): void {
  const listing = execFileSync('tar', ['-tzf', file], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  for (const path of listing.split('\n')) {
    const name = basename(path);
    if (!name.startsWith(WHITEOUT)) continue;
    const folder = join(root, dirname(path));
    const removed = name === OPAQUE ? readdirSync(folder) : [name.slice(WHITEOUT.length)];
    for (const one of removed) rmSync(join(folder, one), { recursive: true, force: true });
  }
  execFileSync('tar', ['-xzpf', file, '-C', root, '--numeric-owner', `--exclude=${WHITEOUT}*`]);
}
