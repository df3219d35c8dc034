import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { synthesizeAll, type Deployment } from './deployment/apply.js';
import { command, terraformCommand } from './deployment/commands.js';
import { deploymentOf, partsOf } from './deployment/deployed-stack.js';
import {
  LISTING_CHANGE,
  refusing,
  WAVES,
  writeChanges,
  type Change,
} from './deployment/refused-updates.js';
import { FULL } from './deployment/stacks.js';
import { system } from './system/running.js';

const DEPLOYER = 'deployer-of-stacks';

function stackFile(id: string): string {
  return join(system.folder, 'project', 'cdktf.out', 'stacks', id, 'cdk.tf.json');
}

/** The addresses that a plan changes. */
function plannedIn(output: string): string[] {
  return [...output.matchAll(/^ {2}# (aws_\S+) (?:will|must) be /gm)].map(
    ([, address = '']) => address,
  );
}

/** The addresses whose updates failed. */
function failedIn(output: string): string[] {
  return [...output.matchAll(/^ {2}with (\S+),$/gm)].map(([, address = '']) => address).sort();
}

/** Applies changes that AWS refuses; returns what failed, and what the next plan changes. */
async function refusedApply(deployment: Deployment, changes: readonly Change[]) {
  writeChanges(stackFile(deployment.id), changes);
  const actions = changes.map(({ action }) => action);
  const { output } = await refusing(DEPLOYER, actions, () => deployment.apply());
  return { failed: failedIn(output), planned: plannedIn((await deployment.plan()).output) };
}

describe.each([
  // A wave takes half a minute.
  ['sentinel1', FULL ? WAVES : WAVES.slice(-1)],
  ['cop_dem_30', [[LISTING_CHANGE]]],
] as const)('a refused update of %s', (id, waves) => {
  const synthesized = readFileSync(stackFile(id), 'utf8');
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploymentOf(system, id);
  });
  afterEach(() => {
    writeFileSync(stackFile(id), synthesized);
  });

  test.each(waves.map((wave) => [wave.map(({ address }) => address).sort(), wave] as const))(
    'is planned again: %s',
    async (addresses, wave) => {
      const { failed, planned } = await refusedApply(deployment, wave);

      expect(failed).toEqual(addresses);
      expect(planned).toEqual(expect.arrayContaining(addresses));
    },
  );

  test('leaves nothing behind that an apply does not correct', async () => {
    const applied = await deployment.apply();
    const planned = await deployment.plan();

    expect(applied).toMatchObject({ code: 0 });
    expect(planned).toMatchObject({ code: 0 });
  });
});

describe('refused code', () => {
  const { names } = partsOf(system, 'cop_dem_30');
  const { function: name } = names.functions.app;
  const file = join(system.folder, 'project', 'pipelines', 'cop_dem_30', 'app.ts');
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploymentOf(system, 'cop_dem_30');
    appendFileSync(file, "performance.mark('changed');\n");
    await synthesizeAll(system);
    const { output } = await refusing(DEPLOYER, ['lambda:UpdateFunctionCode'], () =>
      deployment.apply(),
    );
    expect(failedIn(output)).toEqual(['aws_lambda_function.app']);
  });

  test('is what the next plan, the comment for reviewers and the status report', async () => {
    const applied = await deployment.apply();
    const comment = await terraformCommand('plan', 'cop_dem_30');
    const status = await command('status', 'cop_dem_30');

    expect(applied).toMatchObject({ code: 1 });
    expect(applied.output).toContain(`Old code: the function ${name} does not run`);
    expect(comment.code).toBe(1);
    expect(comment.stdout).toContain(`> **Old code: the function ${name} does not run`);
    expect(status.code).toBe(1);
    expect(status.stdout).toContain(`the function ${name} does not run the code`);
  });

  test('is uploaded by `npm run deploy`, which replaces the function and says so', async () => {
    const { code, stdout, stderr } = await terraformCommand(
      'cdktf',
      'deploy',
      'cop_dem_30',
      '--auto-approve',
    );
    const planned = await deployment.plan();
    const status = await command('status', 'cop_dem_30');

    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain(`the function ${name} does not run the code`);
    expect(stderr).toContain('(terraform apply -replace=aws_lambda_function.app)');
    expect(planned).toMatchObject({ code: 0 });
    expect(status.stdout).toContain('Functions: app, collection, historic, verify, breaker\n');
  });
});
