import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median } from './figures.js';
import { copyPipeline, inProject, root } from './project-copy.js';

const PIPELINE = 'sentinel1';

/** An app with one resource, which shows how long cdktf-cli and cdktf take by themselves. */
const BARE_APP = join(root, 'test', 'fixtures', 'bare-app', 'main.ts');

export interface SynthTimes {
  /** Median of warm runs of `npm run synth` with one pipeline. */
  readonly oneSeconds: number;
  readonly bareSeconds: number;
  /** Median of the ratios of the rounds. */
  readonly ratio: number;
}

export interface ManyTimes {
  readonly pipelines: number;
  /** Duration of the first run, which bundles everything. The warm run finds all bundles in the cache. */
  readonly coldSeconds: number;
  readonly warmSeconds: number;
  /** Duration of a warm run with half of the pipelines. */
  readonly halfSeconds: number;
  /** Sum of the peak memory of the Node processes of the warm run (npm, cdktf-cli, the app), in 10^6 bytes. */
  readonly peakMegabytes: number;
}

/** Measures the synth of one pipeline, alternating with a bare cdktf app, so that other load affects both equally. */
export function timeSynth(rounds: number): SynthTimes {
  return inProject((folder) => {
    copyPipeline(folder, PIPELINE);
    const bare = bareProject(folder);
    synth(folder);
    const runs = Array.from({ length: rounds }, () => ({
      one: synth(folder),
      bare: synthBare(bare),
    }));
    return {
      oneSeconds: median(runs.map(({ one }) => one)),
      bareSeconds: median(runs.map((run) => run.bare)),
      ratio: median(runs.map((run) => run.one / run.bare)),
    };
  });
}

/** Measures the synth of many copies of one pipeline. */
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

/** Writes the bare app to a folder of its own, with the packages of the project. */
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

/** Makes every child process of Node write its peak memory when it exits. */
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
