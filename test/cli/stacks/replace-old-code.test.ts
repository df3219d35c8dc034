import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { deployRuns } from '../../../cli/stacks/replace-old-code.js';
import { FIXTURES } from '../../support/cli/fixture-project.js';
import { functionServices } from '../../support/function-services/server.js';

const environment = { ...process.env };
let services: Awaited<ReturnType<typeof functionServices>>;

beforeEach(async () => {
  services = await functionServices();
  Object.assign(process.env, {
    PROJECT: 'demo',
    AWS_ENDPOINT_URL_LAMBDA: services.url,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
  });
  for (const pipeline of ['waves', 'tides'])
    for (const role of ['app', 'collection', 'historic', 'verify', 'breaker'])
      services.create(`demo-${pipeline}-${role}`);
});

afterEach(async () => {
  process.env = { ...environment };
  await services.close();
});

test('a stack with old code is deployed in a run of its own, which replaces the functions', async () => {
  services.tag('demo-waves-app', 'another hash');
  services.tag('demo-waves-historic', 'another hash');

  const runs = await deployRuns(['tides', 'waves'], FIXTURES);

  expect(runs).toEqual([
    {
      stacks: ['waves'],
      applyOptions: ['-replace=aws_lambda_function.app', '-replace=aws_lambda_function.historic'],
      notice: [
        expect.stringMatching(
          /^the function demo-waves-app does not run the code .*lambda_function.app\)$/,
        ),
        expect.stringMatching(
          /^the function demo-waves-historic does not run .*lambda_function.historic\)$/,
        ),
      ],
    },
    { stacks: ['tides'], applyOptions: [], notice: [] },
  ]);
});

test('stacks whose functions run the code that was deployed are deployed in one run', async () => {
  await expect(deployRuns(['tides', 'waves'], FIXTURES)).resolves.toEqual([
    { stacks: ['tides', 'waves'], applyOptions: [], notice: [] },
  ]);
});

test('a stack is deployed without replacing anything if Lambda cannot be reached', async () => {
  services.tag('demo-waves-app', 'another hash');
  await services.close();

  await expect(deployRuns(['waves'], FIXTURES)).resolves.toEqual([
    { stacks: ['waves'], applyOptions: [], notice: [] },
  ]);
});
