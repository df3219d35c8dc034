import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { unzipSync } from 'fflate';
import type { Bundle } from '../modules/bundling/bundle.js';
import { checkCode, checkedPipelines } from '../modules/bundling/check-code.js';
import { bundlePipelines } from '../modules/bundling/pipeline-bundles.js';
import { listPipelines, NO_PIPELINES } from '../modules/config/folder.js';
import { pipelineArgument, runCommand } from './shared/command.js';
import { localConfig } from './shared/local-config.js';

const root = join(import.meta.dirname, '..');
const DIST = 'dist';

const command = new Command('build')
  .description(
    'Bundle the functions of pipelines into dist/<pipeline>/: each zip as it is deployed, and its content.',
  )
  .argument('[pipelines...]', 'names of folders in pipelines/ (default: all)')
  .addHelpText('after', '\nExample:\n  npm run build -- sentinel1')
  .action(build);

async function build(names: readonly string[]): Promise<void> {
  const ids = names.length > 0 ? names.map((name) => pipelineArgument(name).id) : listPipelines();
  if (ids.length === 0) process.stderr.write(`build: ${NO_PIPELINES}\n`);
  const configs = ids.map((id) => localConfig(join('pipelines', id)));
  await checkCode(checkedPipelines(configs, root), root);
  const bundles = await bundlePipelines(configs, { root });
  for (const [id, functions] of bundles) {
    const folder = join(root, DIST, id);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const bundle of Object.values(functions)) writeBundle(folder, bundle);
  }
}

function writeBundle(folder: string, { name, zip, hash }: Bundle): void {
  const files = { ...unzipSync(zip), [`${name}.zip`]: zip };
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  const code = kilobytes(files[`${name}.mjs`]?.length ?? 0);
  const path = join(relative(root, folder), `${name}.mjs`);
  process.stdout.write(`${path} ${code}, zip ${kilobytes(zip.length)}, sha256 ${hash}\n`);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}

await runCommand(command);
