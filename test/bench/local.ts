import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figure, type Figures, type Print } from './figures.js';
import { sampleFolder } from './sample.js';

const root = join(import.meta.dirname, '..', '..');

/** Measures a local run over copies of one granule, from disk to stored Items. */
export function benchLocalRun(count: number, print: Print): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    copies(sampleFolder(), folder, count);
    const started = performance.now();
    const run = spawnSync(
      process.execPath,
      [
        '--import',
        'tsx',
        '--no-warnings',
        'cli/local.ts',
        'sentinel1',
        '--granules',
        folder,
        '--out',
        join(folder, 'out'),
      ],
      { cwd: root, encoding: 'utf8' },
    );
    const seconds = (performance.now() - started) / 1000;
    print(
      `local run of ${count} granules`,
      `${(count / seconds).toFixed(0)} Items/s, start-up included`,
    );
    print('', run.stdout.trim().replaceAll('\n', '; '));
    if (run.status !== 0) process.exitCode = 1;
    return { itemsPerSecond: figure(count / seconds), seconds: figure(seconds), granules: count };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copies(sample: string, folder: string, count: number): void {
  const id = sample.split('/').at(-1) ?? '';
  const manifest = readFileSync(join(sample, 'manifest.safe'), 'utf8');
  for (let n = 0; n < count; n += 1) {
    // The data take's six hexadecimal digits before the last token are part of the Item's id.
    const number = n.toString(16).toUpperCase().padStart(6, '0');
    const copy = id.replace(/_[0-9A-F]{6}_([0-9A-F]{4})$/, `_${number}_$1`);
    cpSync(sample, join(folder, copy), { recursive: true });
    writeFileSync(join(folder, copy, 'manifest.safe'), manifest);
  }
}
