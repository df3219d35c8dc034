import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chooseCli, isCdktfBuilt } from '../../../cli/shared/cdktf-cli.js';
import { ROOT } from '../system/places.js';
import { system } from '../system/running.js';
import { run } from '../system/shell.js';
import { runCommand, type CommandOutcome } from './commands.js';
import { terraformHere } from './deployed-stack.js';
import { commandEnvironment } from './project-copy.js';

/** A project of its own for each CLI, so that both can deploy the same stack at the same time. */
export interface CliProject {
  /** Both have the same length, because tables are as wide as their cells. */
  readonly project: 'clif' | 'clin';
  /** The program of Node. */
  readonly node: string;
}

const NEW_NODE = '24';
const INSTALL_MS = 120_000;

/** The Node on which the npm scripts run cdktf-cli, and that on which they run cdktn-cli; or why one is missing. */
export async function findBothClis(): Promise<
  { readonly projects: readonly [CliProject, CliProject] } | { readonly missing: string }
> {
  const node = process.versions.node;
  const { name } = chooseCli({ wanted: '', node, isBuilt: isCdktfBuilt });
  if (name !== 'cdktf')
    return { missing: `cdktf-cli does not run on Node ${node}, or is not built for it` };
  try {
    return {
      projects: [
        { project: 'clif', node: process.execPath },
        { project: 'clin', node: await installNode(NEW_NODE) },
      ],
    };
  } catch (error) {
    return { missing: `Node ${NEW_NODE} cannot be installed from npm: ${String(error)}` };
  }
}

/** Installs a version of Node from npm where .ci/run does; returns its program. */
async function installNode(version: string): Promise<string> {
  const folder = join(ROOT, 'node_modules', '.cache', `node-${version}`);
  const program = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const options = ['--silent', '--no-save', '--no-package-lock', '--prefix', folder];
  await run('npm', ['install', ...options, `node@${version}`], {
    cwd: folder,
    timeout: INSTALL_MS,
  });
  return program;
}

/** A pipeline in Python: the stack `images` exists only with one. */
const PYTHON_PIPELINE = join('pipelines', 'noaa_oisst');

/** Copies the run's project, without what was synthesized and planned there, and with a pipeline in Python. */
export function copyFor({ project }: CliProject): string {
  const folder = join(system.folder, project);
  // A system that is kept has it from an earlier run.
  rmSync(folder, { recursive: true, force: true });
  const filter = (path: string) => !/^cdktf\.out$|\.tfstate/.test(basename(path));
  cpSync(join(system.folder, 'project'), folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter,
  });
  cpSync(join(ROOT, PYTHON_PIPELINE), join(folder, PYTHON_PIPELINE), { recursive: true });
  return folder;
}

/** Runs an npm script of cdktf on the stacks of BOOTSTRAP=1, as an administrator of the account does. */
export async function runOwnStacks(
  { project, node }: CliProject,
  folder: string,
  ...[words, env]: [words: readonly string[], env?: Readonly<Record<string, string>>]
): Promise<CommandOutcome> {
  const { environment } = await terraformHere();
  const own = { PROJECT: project, BOOTSTRAP: '1' };
  return runCommand(
    ['cdktf', ...words],
    { ...environment, ...commandEnvironment(system), ...own, ...env },
    { folder, node },
  );
}
