import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { StacVersion } from '../../lambdas/stac/stac.js';

/** Releases of pystac by the version of STAC whose core schemas their wheels hold, with the SHA-256 of the wheel. */
const RELEASES: Readonly<
  Record<StacVersion, { readonly version: string; readonly sha256: string }>
> = {
  '1.0.0': {
    version: '1.10.1',
    sha256: 'a7c31b3dacc44dfc955d9da8c7351c7b5b99100254b36301a1e312709b51bf2f',
  },
  '1.1.0': {
    version: '1.14.3',
    sha256: '2f60005f521d541fb801428307098f223c14697b3faf4d2f0209afb6a43f39e5',
  },
};

const CACHE = join(import.meta.dirname, '../../.e2e/cache');
const SCHEMAS = 'pystac/validation/jsonschemas/';
const TIMEOUT_MS = 60_000;

/**
 * Returns the folder with the core schemas of a version of STAC (`stac-spec/`) and of GeoJSON (`geojson/`), from the wheel of
 * pystac, which pip downloads once. Returns why not if there is no Python, pip or index of packages.
 */
export async function coreSchemas(
  version: StacVersion,
): Promise<{ readonly folder: string } | { readonly missing: string }> {
  const release = RELEASES[version];
  const folder = join(CACHE, `pystac-${release.version}`);
  if (existsSync(folder)) return { folder };
  await mkdir(CACHE, { recursive: true });
  const scratch = await mkdtemp(join(CACHE, 'pystac-'));
  try {
    const wheel = await download(release.version, scratch);
    if (createHash('sha256').update(wheel).digest('hex') !== release.sha256)
      return { missing: `the wheel of pystac ${release.version} has another SHA-256` };
    await unpack(wheel, join(scratch, 'schemas'));
    await rename(join(scratch, 'schemas'), folder);
    return { folder };
  } catch (error) {
    return {
      missing: `python3 -m pip cannot download pystac ${release.version}: ${String(error)}`,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function download(version: string, folder: string): Promise<Buffer> {
  const options = ['--quiet', '--no-deps', '--only-binary', ':all:', '--dest', folder];
  await promisify(execFile)(
    'python3',
    ['-m', 'pip', 'download', ...options, `pystac==${version}`],
    { timeout: TIMEOUT_MS },
  );
  const [wheel = ''] = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
  return readFile(join(folder, wheel));
}

async function unpack(wheel: Buffer, folder: string): Promise<void> {
  const files = unzipSync(wheel, { filter: ({ name }) => name.startsWith(SCHEMAS) });
  for (const [name, bytes] of Object.entries(files)) {
    if (!name.endsWith('.json')) continue;
    const path = join(folder, name.slice(SCHEMAS.length));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}
