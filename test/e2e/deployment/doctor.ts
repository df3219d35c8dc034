import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { system } from '../system/running.js';
import { runCommand, type CommandOutcome } from './commands.js';
import { commandEnvironment } from './project-copy.js';

/** What is different from the system of the run. */
export interface Broken {
  /** Keys of config.yaml of sentinel1. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Finding {
  readonly check: string;
  readonly state: 'fine' | 'wrong' | 'not checked' | 'not needed';
  readonly says: string;
  readonly remedy?: string;
}

export interface Report {
  readonly pipeline: string;
  readonly isReady: boolean;
  readonly findings: readonly Finding[];
}

const ROOMS = ['cli', 'lambdas', 'modules', 'node_modules'];

/** A project with nothing but sentinel1, so that a broken one is not seen by the tests of other files. */
function projectWith({ config }: Broken): string {
  const [from, runs] = [join(system.folder, 'project'), join(system.folder, 'doctor')];
  mkdirSync(runs, { recursive: true });
  const folder = mkdtempSync(join(runs, 'project-'));
  for (const room of ROOMS) symlinkSync(join(from, room), join(folder, room));
  for (const name of ['package.json', 'cdktf.json', join('pipelines', 'sentinel1')])
    cpSync(join(from, name), join(folder, name), { recursive: true });
  const file = join(folder, 'pipelines', 'sentinel1', 'config.yaml');
  const written = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, stringify({ ...written, ...config }));
  return folder;
}

/** Runs `npm run doctor -- sentinel1`. */
export function doctor(broken: Broken, ...words: readonly string[]): Promise<CommandOutcome> {
  const environment = { ...commandEnvironment(system), ...broken.env };
  const folder = projectWith(broken);
  return runCommand(['doctor', 'sentinel1', ...words], environment, { folder });
}
