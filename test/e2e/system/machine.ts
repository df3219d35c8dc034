import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findTerraform } from '../../system/terraform/terraform.js';
import { whyNoPostgres } from './database.js';
import { ROOT } from './places.js';
import { tryRun } from './shell.js';
import { PYTHON } from './versions.js';

/** The pipelines that the suite deploys. */
const DEPLOYED = ['sentinel1', 'cop_dem_30', 'noaa_oisst'];

/** Why there is nothing to run, even in CI: one's own repository may have deleted the pipelines that the suite deploys. */
export function whyNothingToRun(): string | undefined {
  const deleted = DEPLOYED.filter((id) => !existsSync(join(ROOT, 'pipelines', id, 'config.yaml')));
  if (deleted.length === 0) return undefined;
  return `it deploys pipelines that were deleted from pipelines/: ${deleted.join(', ')}`;
}

/** Returns one sentence for each requirement that is missing and that the suite cannot install itself. */
export async function whatIsMissing(): Promise<string[]> {
  const found = await Promise.all([whyNoTerraform(), whyNoPostgres(), whyNoPython()]);
  return found.filter((sentence) => sentence !== undefined);
}

async function whyNoTerraform(): Promise<string | undefined> {
  try {
    // findTerraform has printed what is missing.
    return (await findTerraform()) === undefined
      ? 'Terraform cannot be used (see above)'
      : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function whyNoPython(): Promise<string | undefined> {
  const [major, minor] = PYTHON;
  const test = `import sys, venv; sys.exit(sys.version_info < (${major}, ${minor}))`;
  if ((await tryRun('python3', ['-c', test])) !== undefined) return undefined;
  return `python3 is not on the PATH, older than ${major}.${minor}, or without venv`;
}
