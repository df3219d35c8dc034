import { afterEach, expect, test } from '@jest/globals';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { checkDeployedVersion } from '../../../cli/reprocess/deployed-version.js';
import { pipelineNames } from '../../../modules/config/names.js';
import { configOf } from '../../support/stacks/config-folder.js';

const lambda = mockClient(LambdaClient);
const names = pipelineNames({ project: 'demo', pipeline: 'waves', account: '123456789012' });

afterEach(() => {
  lambda.reset();
});

/** Checks against a config with this code_version; returns what is said. */
async function checked(version: string, configured?: string): Promise<string[]> {
  const said: string[] = [];
  const config = configOf(
    configured === undefined ? {} : { code_version: JSON.stringify(configured) },
  );
  const client = new LambdaClient({ region: 'us-west-2' });
  await checkDeployedVersion(
    { id: 'waves', config, names },
    { version, lambda: client, say: (line) => said.push(line) },
  );
  return said;
}

function deploy(variables: Record<string, string> | undefined): void {
  const environment = variables === undefined ? {} : { Environment: { Variables: variables } };
  lambda
    .on(GetFunctionCommand, { FunctionName: 'demo-waves-app' })
    .resolves({ Configuration: environment });
}

test.each([
  ['1.4', '1.4.0'],
  ['1.10', '1.9'],
  ['2.0.0', '2.0.0-rc.1'],
])('deployed code of version %s may make Items again that precede %s', async (deployed, before) => {
  deploy({ CODE_VERSION: deployed });

  expect(await checked(before)).toEqual([]);
});

test.each([
  {
    deployed: { CODE_VERSION: '1.3' },
    configured: '1.3',
    sentence:
      'waves: the deployed function demo-waves-app has code_version 1.3, so the Items that it makes would count as made before 1.4, too, and would be sent again each time: set code_version in config.yaml to 1.4 or a later one (it has 1.3), and deploy; then run this again',
  },
  {
    deployed: { CODE_VERSION: '1.3' },
    configured: '1.4.1',
    sentence:
      /has code_version 1\.3, .*: deploy the pipeline, whose config\.yaml has 1\.4\.1; then run this again$/,
  },
  {
    deployed: { OTHER: 'x' },
    configured: undefined,
    sentence: /has no code_version, .*or a later one \(it has none\)/,
  },
  { deployed: undefined, configured: undefined, sentence: /has no code_version, / },
])(
  '--made-before 1.4 is refused if $deployed is deployed and config.yaml has $configured',
  async ({ deployed, configured, sentence }) => {
    deploy(deployed);

    await expect(checked('1.4', configured)).rejects.toThrow(sentence);
  },
);

test('goes on and says so if the version cannot be read', async () => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  lambda.on(GetFunctionCommand).rejects(denied);

  expect(await checked('1.4')).toEqual([
    'the deployed code_version is unknown: cannot access function demo-waves-app in us-west-2: not authorized',
  ]);
});

test('goes on and says so if the environment cannot be decrypted', async () => {
  const fault = { ErrorCode: 'AccessDeniedException', Message: 'Lambda was unable to decrypt' };
  lambda.on(GetFunctionCommand).resolves({ Configuration: { Environment: { Error: fault } } });

  expect(await checked('1.4')).toEqual([
    expect.stringContaining('its environment cannot be decrypted (Lambda was unable to decrypt)'),
  ]);
});
