import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

const SOURCES = [
  '.gitignore',
  '.terraform.lock.hcl',
  'cdktf.json',
  'cli',
  'lambdas',
  'local',
  'main.ts',
  'modules',
  'package.json',
  'tsconfig.json',
];

/** Copies the project without its pipelines, with a bundle cache of its own in node_modules/.cache. */
export function inProject<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  try {
    for (const name of SOURCES) cpSync(join(root, name), join(folder, name), { recursive: true });
    mkdirSync(join(folder, 'node_modules'));
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (name !== '.cache')
        symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds a copy of sentinel1 under another name. */
export function copyPipeline(folder: string, id: string): void {
  const copy = join(folder, 'pipelines', id);
  cpSync(join(root, 'pipelines', 'sentinel1'), copy, { recursive: true });
  const file = join(copy, 'config.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^id: .*$/m, `id: ${id}`));
  const constants = join(copy, 'constants.ts');
  const named = readFileSync(constants, 'utf8').replace(/(COLLECTION_ID = ).*/, `$1'${id}';`);
  writeFileSync(constants, named);
}
