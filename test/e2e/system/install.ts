import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePostgis } from './database.js';
import { CACHE } from './places.js';
import { run } from './shell.js';
import { EOAPI_CDK } from './versions.js';

export interface Installed {
  /** Python with the emulator, the ingestor, its loader and pypgstac. */
  readonly ingestorPython: string;
  /** Python with the read API. */
  readonly catalogPython: string;
  /** Folder of the ingestor's `src`. */
  readonly runtime: string;
}

/** Installs what the cache does not have yet. An interrupted installation is repeated. */
export async function install(): Promise<Installed> {
  mkdirSync(CACHE, { recursive: true });
  const [ingestorPython, catalogPython, runtime] = await Promise.all([
    installPython('ingestor'),
    installPython('catalog'),
    installEoapiCdk(),
    ensurePostgis(),
  ]);
  return { ingestorPython, catalogPython, runtime };
}

/** Creates a virtual environment with exactly requirements/<name>.txt; returns its interpreter. */
async function installPython(name: string): Promise<string> {
  const requirements = join(import.meta.dirname, '..', 'requirements', `${name}.txt`);
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(CACHE, `${name}-${hash}`);
  const python = join(folder, 'bin', 'python');
  await once(folder, async () => {
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '-q', '--require-hashes', '-r', requirements]);
  });
  return python;
}

async function installEoapiCdk(): Promise<string> {
  const { name, version, integrity, runtime } = EOAPI_CDK;
  const folder = join(CACHE, `${name}-${version}`);
  await once(folder, async () => {
    mkdirSync(folder);
    const words = ['pack', `${name}@${version}`, '--pack-destination', folder, '--silent'];
    await run('npm', words);
    const archive = join(folder, `${name}-${version}.tgz`);
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== integrity)
      throw new Error(`${name}@${version} is not the tested package: its hash is ${found}`);
    await run('tar', ['xzf', archive, '-C', folder, runtime]);
  });
  return join(folder, runtime);
}

/** Does the work unless its mark exists, which is written last. */
async function once(folder: string, work: () => Promise<void>): Promise<void> {
  const mark = join(folder, 'installed');
  if (existsSync(mark)) return;
  process.stderr.write(`installing into ${folder}\n`);
  rmSync(folder, { recursive: true, force: true });
  await work();
  writeFileSync(mark, '');
}
