import { spawnSync } from 'node:child_process';
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
import { pathToFileURL } from 'node:url';
import { median } from './sample.js';

const root = join(import.meta.dirname, '..', '..');
const PIPELINE = 'sentinel1';
const ROUNDS = 5;

/** An app with one resource: what cdktf-cli and cdktf take by themselves. */
const BARE_APP = join(root, 'test', 'fixtures', 'bare-app', 'main.ts');

export interface SynthTimes {
  /** Median of warm runs of `npm run synth` with one pipeline, and of the bare app, in turn. */
  readonly oneSeconds: number;
  readonly bareSeconds: number;
  /** Median of the rounds' own ratios. */
  readonly ratio: number;
}

export interface ManyTimes {
  readonly pipelines: number;
  /** The first run bundles everything; the second finds every bundle as it was. */
  readonly coldSeconds: number;
  readonly warmSeconds: number;
  /** Warm, with half of the pipelines. */
  readonly halfSeconds: number;
  /** Peaks of the Node processes of the warm run (npm, cdktf-cli, the app), added up: 10^6 bytes. */
  readonly peakMegabytes: number;
}

/** One pipeline beside a bare cdktf app, run in turn so that both meet the same moods of the machine. */
export function timeSynth(): SynthTimes {
  return inProject((folder) => {
    copyPipeline(folder, PIPELINE);
    const bare = bareProject(folder);
    synth(folder);
    const rounds = Array.from({ length: ROUNDS }, () => ({
      one: synth(folder),
      bare: synthBare(bare),
    }));
    return {
      oneSeconds: median(rounds.map(({ one }) => one)),
      bareSeconds: median(rounds.map((round) => round.bare)),
      ratio: median(rounds.map((round) => round.one / round.bare)),
    };
  });
}

/** Copies of one pipeline under other names. */
export function timeManySynths(pipelines: number): ManyTimes {
  return inProject((folder) => {
    const half = Math.ceil(pipelines / 2);
    for (let n = 0; n < half; n += 1) copyPipeline(folder, `copy${n}`);
    synth(folder);
    const halfSeconds = synth(folder);
    rmSync(join(folder, 'node_modules', '.cache'), { recursive: true });
    for (let n = half; n < pipelines; n += 1) copyPipeline(folder, `copy${n}`);
    const coldSeconds = synth(folder);
    const peaks = join(folder, 'peaks');
    const warmSeconds = synth(folder, { NODE_OPTIONS: notePeak(peaks) });
    return { pipelines, coldSeconds, warmSeconds, halfSeconds, peakMegabytes: megabytesOf(peaks) };
  });
}

const SOURCES = [
  'cdktf.json',
  'cli',
  'lambdas',
  'local',
  'main.ts',
  'modules',
  'package.json',
  'tsconfig.json',
];

/** A copy of the project without pipelines, and with bundles of its own in node_modules/.cache. */
function inProject<T>(use: (folder: string) => T): T {
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

function copyPipeline(folder: string, id: string): void {
  const copy = join(folder, 'pipelines', id);
  cpSync(join(root, 'pipelines', PIPELINE), copy, { recursive: true });
  const file = join(copy, 'config.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^id: .*$/m, `id: ${id}`));
}

/** The bare app in a folder of its own, which finds packages where the project does. */
function bareProject(folder: string): string {
  const bare = join(folder, 'bare');
  mkdirSync(bare);
  for (const name of ['cdktf.json', 'package.json', 'tsconfig.json'])
    cpSync(join(folder, name), join(bare, name));
  cpSync(BARE_APP, join(bare, 'main.ts'));
  return bare;
}

function synth(folder: string, env: NodeJS.ProcessEnv = {}): number {
  return seconds('npm', ['run', 'synth'], {
    cwd: folder,
    env: { PROJECT: 'bench', LOCAL_STATE: '1', ...env },
  });
}

function synthBare(folder: string): number {
  return seconds('npx', ['cdktf', 'synth'], { cwd: folder, env: { CHECKPOINT_DISABLE: '1' } });
}

function seconds(
  program: string,
  words: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): number {
  const started = performance.now();
  const run = spawnSync(program, words, { cwd, encoding: 'utf8', env: { ...process.env, ...env } });
  if (run.status !== 0)
    throw new Error(`${program} ${words.join(' ')} failed: ${run.stdout}${run.stderr}`);
  return (performance.now() - started) / 1000;
}

/** Has every Node process below write its own peak when it ends. */
function notePeak(file: string): string {
  const module = `${file}.mjs`;
  writeFileSync(
    module,
    `import { appendFileSync } from 'node:fs';
process.on('exit', () => appendFileSync(${JSON.stringify(file)}, process.resourceUsage().maxRSS + ' '));`,
  );
  return `--import=${pathToFileURL(module).href}`;
}

/** maxRSS is in kilobytes. */
function megabytesOf(file: string): number {
  const kilobytes = readFileSync(file, 'utf8').trim().split(' ').map(Number);
  return kilobytes.reduce((sum, peak) => sum + peak * 1024, 0) / 1e6;
}
