import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { build, type Plugin } from 'esbuild';
import { runCommand } from './shared/command.js';

const root = join(import.meta.dirname, '..');
const CDKTN = 'cdktn@0.24.0';
/** Inside the project, so that packages that are not bundled are found. */
const WORK = join(root, 'node_modules', '.cache', 'check-cdktn');

const command = new Command('check:cdktn')
  .description(
    `Synthesize with ${CDKTN}, the maintained successor of cdktf, and compare the stacks with cdktf's.`,
  )
  .addHelpText('after', '\nExample:\n  npm run check:cdktn')
  .action(check);

async function check(): Promise<void> {
  const installed = install();
  const [ours, theirs] = [await synthesizeWith('cdktf'), await synthesizeWith('cdktn', installed)];
  rmSync(installed, { recursive: true });
  const names = [...ours.keys()];
  if (!isDeepStrictEqual([...theirs.keys()], names)) {
    throw new Error(
      `the stacks differ: cdktn wrote ${[...theirs.keys()].join(', ')}, cdktf ${names.join(', ')}`,
    );
  }
  const different = names.filter((name) => !isDeepStrictEqual(ours.get(name), theirs.get(name)));
  if (different.length > 0) {
    throw new Error(
      `stacks differ with ${CDKTN}: ${different.join(', ')} (compare the folders in ${WORK})`,
    );
  }
  process.stdout.write(`identical with ${CDKTN}, except for "//": ${names.join(', ')}\n`);
}

/** Keeps `import.meta.dirname` what it is in each file of the project, because files beside the code are read from there. */
const OWN_FOLDERS: Plugin = {
  name: 'own-folders',
  setup: (bundle) => {
    bundle.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const folder = JSON.stringify(dirname(path));
      const contents = readFileSync(path, 'utf8').replaceAll('import.meta.dirname', folder);
      return { contents, loader: 'ts' };
    });
  },
};

/** Installs cdktn in a temporary folder, so that the project's dependencies stay unchanged. */
function install(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cdktn-'));
  const words = [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--silent',
    '--prefix',
    folder,
    CDKTN,
  ];
  execFileSync('npm', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

/** Runs main.ts, including the provider classes, with cdktf or cdktn. Returns the stacks by name. */
async function synthesizeWith(
  name: string,
  installed?: string,
): Promise<ReadonlyMap<string, unknown>> {
  const folder = join(WORK, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const program = join(WORK, `${name}.mjs`);
  await bundleMain(program, installed);
  const env = { PROJECT: 'demo', LOCAL_STATE: '1', ...process.env, CDKTF_OUTDIR: folder };
  execFileSync(process.execPath, ['--no-warnings', program], { cwd: root, env, stdio: 'inherit' });
  return readStacks(join(folder, 'stacks'));
}

async function bundleMain(outfile: string, installed: string | undefined): Promise<void> {
  const modules = join(root, 'node_modules');
  await build({
    entryPoints: [join(root, 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['esbuild'],
    plugins: [OWN_FOLDERS],
    banner: {
      js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url),__dirname=import.meta.dirname;",
    },
    ...(installed !== undefined && {
      alias: {
        cdktf: join(installed, 'node_modules', 'cdktn'),
        // Constructs of two copies of this package do not recognize each other.
        constructs: join(modules, 'constructs'),
      },
    }),
  });
}

function readStacks(folder: string): ReadonlyMap<string, unknown> {
  return new Map(
    readdirSync(folder).map((name) => {
      const text = readFileSync(join(folder, name, 'cdk.tf.json'), 'utf8');
      return [name, JSON.parse(text, (key, value: unknown) => (key === '//' ? undefined : value))];
    }),
  );
}

await runCommand(command);
