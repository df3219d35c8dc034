import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { deployerCommand, terraformCommand } from './deployment/commands.js';
import { deploymentOf } from './deployment/deployed-stack.js';
import { writeConfig } from './deployment/project-copy.js';
import { STACKS } from './deployment/stacks.js';
import { listProjectResources } from './system/own-resources.js';
import { system } from './system/running.js';

const folder = join(system.folder, 'project', 'pipelines', 'sentinel1');
const away = join(system.folder, 'sentinel1');

// A system that is kept can be deployed again.
afterAll(() => {
  renameSync(away, folder);
});

const ofTopic = (name: string) =>
  name.includes('sentinel1') && /^subscriptions: |subscription-dead-letters/.test(name);

test('a deployment without the topic of another region deletes what was there for it', async () => {
  const before = await listProjectResources(system.endpoint);
  expect(before.filter(ofTopic)).not.toEqual([]);
  const { config } = STACKS.find(({ id }) => id === 'sentinel1') ?? { config: {} };
  const noTopic = {
    sns: undefined,
    sns_filter_policy: undefined,
    sns_filter_policy_scope: undefined,
  };
  writeConfig(system, { id: 'sentinel1', config: { ...config, ...noTopic } });

  const deployed = await deployerCommand('cdktf', 'deploy', 'sentinel1', '--auto-approve');
  const plan = await terraformCommand('plan', 'sentinel1');

  expect(deployed).toMatchObject({ code: 0 });
  expect({ code: plan.code, stdout: plan.stdout }).toMatchObject({ code: 0 });
  expect((await listProjectResources(system.endpoint)).filter(ofTopic)).toEqual([]);
});

test('a stack whose folder is gone is named by a plan of all, and destroyed by its state', async () => {
  renameSync(folder, away);

  const plan = await terraformCommand('plan', '--all');
  const destroyed = await deployerCommand('cdktf', 'destroy', 'sentinel1', '--auto-approve');
  const left = await listProjectResources(system.endpoint);

  expect(plan.stdout).toContain('### sentinel1: no folder, but still deployed');
  expect(destroyed).toMatchObject({ code: 0 });
  expect(destroyed.stdout).toContain('Destroy complete!');
  expect(left.filter((name) => name.includes('sentinel1'))).toEqual([]);
  expect(left).not.toEqual([]);
});

test('a destroy leaves nothing of the stacks behind', async () => {
  const deployment = await deploymentOf(system, 'cop_dem_30');
  const { code, output } = await deployment.destroy();

  expect({ code, output }).toMatchObject({ code: 0 });
  expect(await listProjectResources(system.endpoint)).toEqual([]);
});
