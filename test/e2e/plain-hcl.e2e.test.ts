import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Deployment } from './deployment/apply.js';
import { deploymentOf } from './deployment/deployed-stack.js';
import { notificationOf, ORDINARY } from './data/granules.js';
import { ACCOUNT, PROJECT, REGION, ROOT } from './system/places.js';
import { runProject } from './deployment/project-copy.js';
import { depthOf, posts, publish, system, waitFor } from './system/running.js';

const EXAMPLE = 'examples/plain-hcl/datasets';
const FOLDERS = ['terraform-modules', 'examples'];

let datasets: Deployment;

/** Uses the root module as it is in the repository, with variables of the run. */
beforeAll(async () => {
  const project = join(system.folder, 'project');
  for (const folder of FOLDERS)
    cpSync(join(ROOT, folder), join(project, folder), { recursive: true });
  const variables = {
    project: PROJECT,
    region: REGION,
    ingestor_url: system.ingestorUrl,
    secret_arn: system.platform.secretArn,
  };
  writeFileSync(join(project, EXAMPLE, 'run.auto.tfvars.json'), JSON.stringify(variables));
  await runProject(system, ['cli/build.ts', 'sentinel1']);
  datasets = await deploymentOf(system, 'datasets', EXAMPLE);
  await datasets.init();
});

/** Its pipelines subscribe to the topic of the other tests: they must not outlive this file. */
afterAll(async () => {
  const { code, output } = await datasets.destroy();
  expect({ code, output }).toMatchObject({ code: 0 });
});

describe('the example of two datasets in plain Terraform', () => {
  test('is applied by a user with the documented policy, and posts both Collections', async () => {
    const before = (await posts()).length;

    const { code, output } = await datasets.apply();

    expect({ code, output }).toMatchObject({ code: 0 });
    expect((await posts()).length).toBe(before + 2);
  });

  test('leaves a plan without changes', async () => {
    const { code, output } = await datasets.plan();

    expect(output).toContain('No changes.');
    expect(code).toBe(0);
  });

  test('delivers a notification only to the dataset whose filter matches', async () => {
    const urlOf = (id: string) => `${system.endpoint}/${ACCOUNT}/${PROJECT}-${id}-observer`;

    await publish(notificationOf(ORDINARY));

    await waitFor(
      () => depthOf(urlOf('sentinel1_iw')),
      ({ visible }) => visible === 1,
    );
    expect(await depthOf(urlOf('sentinel1_ew'))).toEqual({ visible: 0, hidden: 0 });
  });
});
