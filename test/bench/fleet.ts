import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { standInTerraform } from '../support/cli/stand-in-terraform.js';
import { figure, type Figure, type Figures, type Print } from './figures.js';
import { copyPipeline, inProject } from './project-copy.js';

/** Commands about all pipelines, as npm runs them. The first fills the caches of the others. */
const COMMANDS = {
  cold: ['synth'],
  synth: ['synth'],
  checkConfig: ['check-config'],
  affected: ['--silent', 'affected', '--', '--base', 'HEAD'],
  // Terraform itself is left out: it takes as long for each stack, however many there are.
  plan: ['--silent', 'plan', '--', '--all'],
} as const;
type Name = keyof typeof COMMANDS;
const NAMES = Object.keys(COMMANDS) as readonly Name[];

interface Used {
  readonly seconds: number;
  /** Processor time of the command and its children, which depends less on what else the machine does. */
  readonly cpuSeconds: number;
}

/** Measures what commands about all pipelines take, and how that grows from half of the pipelines to all. */
export function benchFleet(pipelines: number, print: Print): Figures {
  const [half, whole] = inProject((folder) => {
    const measure = (from: number, to: number) => {
      for (let n = from; n < to; n += 1) copyPipeline(folder, `copy${n}`);
      commit(folder);
      return measureAll(folder);
    };
    return [measure(0, pipelines / 2), measure(pipelines / 2, pipelines)];
  });
  for (const name of NAMES) {
    const [few, many] = [half[name], whole[name]];
    const seconds = `${many.seconds.toFixed(1)} s, ${many.cpuSeconds.toFixed(1)} s of a processor`;
    print(
      `${name} of ${pipelines} pipelines`,
      `${seconds}; of half as many ${few.cpuSeconds.toFixed(1)} s`,
    );
  }
  const figures = (of: (name: Name) => number): Record<string, Figure> =>
    Object.fromEntries(NAMES.map((name) => [name, figure(of(name))]));
  return {
    growth: figures((name) => whole[name].cpuSeconds / half[name].cpuSeconds),
    seconds: figures((name) => whole[name].seconds),
    cpuSeconds: figures((name) => whole[name].cpuSeconds),
    pipelines,
  };
}

function measureAll(folder: string): Readonly<Record<Name, Used>> {
  const { folder: terraform } = standInTerraform('test/fixtures/plans/none.json');
  const env = {
    ...process.env,
    PATH: [terraform, process.env['PATH']].join(delimiter),
    PROJECT: 'bench',
    LOCAL_STATE: '1',
    // No command may reach an account.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_MAX_ATTEMPTS: '1',
  };
  const used = NAMES.map((name) => [name, use(['npm', 'run', ...COMMANDS[name]], { folder, env })]);
  return Object.fromEntries(used) as Record<Name, Used>;
}

interface Place {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The shell prints the times of its children after the command. */
const TIMED = '"$@" >&2 || exit; times';

function use(words: readonly string[], { folder, env }: Place): Used {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync('sh', ['-c', TIMED, 'sh', ...words], {
    cwd: folder,
    encoding: 'utf8',
    env,
    maxBuffer: 1e9,
  });
  const seconds = (performance.now() - begun) / 1000;
  if (status !== 0) throw new Error(`${words.join(' ')} failed: ${stderr.slice(-2_000)}`);
  const [, children = ''] = stdout.trim().split('\n').slice(-2);
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  const cpuSeconds = times.reduce((sum, [, min, sec]) => sum + Number(min) * 60 + Number(sec), 0);
  return { seconds, cpuSeconds };
}

/** `affected` compares with a commit. */
function commit(folder: string): void {
  const author = [
    '-c',
    'user.name=bench',
    '-c',
    'user.email=bench@example.com',
    '-c',
    'commit.gpgsign=false',
  ];
  for (const words of [
    ['init', '-q'],
    ['add', '-A'],
    [...author, 'commit', '-qm', 'copies'],
  ]) {
    const { status, stderr } = spawnSync('git', words, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${words.join(' ')} failed: ${stderr}`);
  }
}
