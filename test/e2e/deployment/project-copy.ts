import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { PROJECT, REGION, ROOT, STATE_BUCKET } from '../system/places.js';
import { run } from '../system/shell.js';
import type { StackPlan } from './stacks.js';
import type { System } from '../system/system.js';

const ROOMS = ['cli', 'lambdas', 'local', 'modules', 'pipelines', 'docs', 'test'];
const FILES = ['main.ts', 'cdktf.json', 'package.json', '.terraform.lock.hcl'];

/** Copies the project to the folder of the run, with these pipelines only and a config.yaml for the run. */
export function copyProject(system: System, stacks: readonly StackPlan[]): string {
  const project = join(system.folder, 'project');
  if (existsSync(project)) return project;
  const filter = (path: string): boolean => !path.includes(`${join(ROOT, 'test')}/fixtures`);
  for (const name of [...ROOMS.filter((room) => room !== 'pipelines'), ...FILES])
    cpSync(join(ROOT, name), join(project, name), { recursive: true, filter });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  for (const { id, from = id } of stacks)
    cpSync(join(ROOT, 'pipelines', from), join(project, 'pipelines', id), { recursive: true });
  for (const stack of stacks) writeConfig(system, stack);
  return project;
}

/** Writes `config` of the stack and the addresses of the run's services; other keys stay as in the project. */
export function writeConfig({ folder, ...system }: System, { id, config }: StackPlan): void {
  const file = join(folder, 'project', 'pipelines', id, 'config.yaml');
  const written = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const own = {
    id,
    region: REGION,
    ingestor_url: system.ingestorUrl,
    stac_api_url: system.stacUrl,
    secret_arn: system.platform.secretArn,
  };
  writeFileSync(file, stringify({ ...written, ...own, ...config }));
}

/** Environment in which a command of the project, or a shell, uses the system of the run. */
export function commandEnvironment({ endpoint }: System): Readonly<Record<string, string>> {
  return {
    PROJECT,
    STATE_BUCKET,
    STATE_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    CHECKPOINT_DISABLE: '1',
  };
}

/** Runs a script of the copied project, such as `main.ts`, and returns its stdout. Throws if it fails. */
export function runProject(
  system: System,
  [script, ...words]: readonly [string, ...string[]],
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    ...commandEnvironment(system),
    ...variables,
  };
  const node = ['--import', 'tsx', '--no-warnings', script, ...words];
  return run(process.execPath, node, { cwd: join(system.folder, 'project'), env });
}
