import { expect, test } from '@jest/globals';
import { deploymentOf } from './deployment/deployed-stack.js';
import { listProjectResources } from './system/own-resources.js';
import { system } from './system/running.js';
import { STACKS } from './deployment/stacks.js';

test('a destroy leaves nothing of the stacks behind', async () => {
  for (const { id } of STACKS) {
    const deployment = await deploymentOf(system, id);
    const { code, output } = await deployment.destroy();
    expect({ code, output }).toMatchObject({ code: 0 });
  }

  expect(await listProjectResources(system.endpoint)).toEqual([]);
});
