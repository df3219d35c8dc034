import { join, relative } from 'node:path';
import { deploymentOf, deployStateBucket } from '../deployment/deployed-stack.js';
import { synthesizeAll } from '../deployment/apply.js';
import { whatIsMissing } from '../system/machine.js';
import { commandEnvironment } from '../deployment/project-copy.js';
import { cleanUpLeftovers, endRun, newRun, readRun } from '../system/run-record.js';
import { STACKS } from '../deployment/stacks.js';
import { startSystem, type System } from '../system/system.js';

/** `npm run e2e:up` starts the system, deploys the stacks and leaves both running until `npm run e2e:down`. */
async function up(): Promise<void> {
  const missing = await whatIsMissing();
  if (missing.length > 0) throw new Error(missing.join('\n'));
  await cleanUpLeftovers();
  const { folder } = await newRun(true);
  try {
    const system = await startSystem(folder);
    await deployAll(system);
    process.stdout.write(howToUse(system));
  } catch (error) {
    await endRun(readRun(folder));
    throw error;
  }
}

async function deployAll(system: System): Promise<void> {
  process.env['E2E_RUN'] = system.folder;
  // This module reads E2E_RUN when it is loaded.
  const { seed } = await import('../data/seed.js');
  await seed();
  process.stderr.write('applying bootstrap\n');
  await deployStateBucket(system);
  await synthesizeAll(system);
  for (const { id } of STACKS) {
    process.stderr.write(`applying ${id}\n`);
    const deployment = await deploymentOf(system, id);
    await deployment.init();
    const { code, output } = await deployment.apply();
    if (code !== 0) throw new Error(output);
  }
}

function howToUse(system: System): string {
  const project = join(system.folder, 'project');
  const variables = { ...commandEnvironment(system), E2E_RUN: system.folder };
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
  return [
    ...exports,
    `cd ${relative(process.cwd(), project)}`,
    '# then: npm run status -- sentinel1; npm run backfill -- sentinel1 start; npm run redrive -- sentinel1; ...',
    '# with these variables, npm run test:e2e uses this system, too',
    `# catalogue: ${system.stacUrl}   logs: ${system.folder}/logs   end: npm run e2e:down`,
    '',
  ].join('\n');
}

await up().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
