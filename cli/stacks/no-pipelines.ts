import { join } from 'node:path';
import { listPipelines, NO_PIPELINES } from '../../modules/config/folder.js';

/** Whether there is no stack to list or to write, which cdktf would report as an error. */
export function hasNoStacks(verb: string, root: string): boolean {
  if (process.env['BOOTSTRAP'] === '1' || (verb !== 'list' && verb !== 'synth')) return false;
  return listPipelines(join(root, 'pipelines')).length === 0;
}

export function sayNoPipelines(verb: string): void {
  process.stderr.write(`${verb}: ${NO_PIPELINES}\n`);
}
