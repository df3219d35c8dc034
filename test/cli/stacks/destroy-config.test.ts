import { expect, test } from '@jest/globals';
import { destroyConfig } from '../../../cli/stacks/destroy-config.js';
import { stateOf } from '../../../cli/stacks/states.js';
import { backendOf } from '../../../modules/config/state.js';
import {
  AWS,
  DATA,
  logGroup,
  stateText,
  type FixtureResource,
} from '../../support/cli/state-fixture.js';
import { synthesize } from '../../support/stacks/stack-kit.js';

const STACK = {
  stack: 'tides',
  key: 'demo/tides.tfstate',
  state: { kind: 's3', bucket: 'states', region: 'eu-central-1' },
} as const;
const TOPIC = { provider: `${AWS}.topic` };
const ROLE = {
  type: 'aws_iam_role',
  name: 'app',
  attributes: { arn: 'arn:aws:iam::123456789012:role/app' },
};

const configOf = (resources: readonly FixtureResource[], region?: string) =>
  destroyConfig(STACK, stateOf(stateText(...resources), 'the state'), region);

test('has the backend of the stack, and each provider in the region of its resources', () => {
  const config = configOf([
    DATA,
    ROLE,
    logGroup('/app', 'us-west-2'),
    logGroup('/letters', 'af-south-1', TOPIC),
  ]);

  expect(config).toEqual({
    terraform: {
      required_version: '>= 1.11',
      required_providers: {
        aws: {
          source: 'registry.terraform.io/hashicorp/aws',
          version: '>= 5.100.0, < 7.0.0',
        },
      },
      backend: {
        s3: {
          bucket: 'states',
          key: 'demo/tides.tfstate',
          region: 'eu-central-1',
          encrypt: true,
          use_lockfile: true,
        },
      },
    },
    provider: { aws: [{ region: 'us-west-2' }, { alias: 'topic', region: 'af-south-1' }] },
  });
});

test('takes the region of a bucket, whose ARN has none, from its attribute', () => {
  const attributes = { arn: 'arn:aws:s3:::results', region: 'us-west-2' };
  const bucket = { type: 'aws_s3_bucket', name: 'results', attributes };

  expect(configOf([bucket])).toMatchObject({ provider: { aws: [{ region: 'us-west-2' }] } });
});

test('has no provider if the state has no resource of AWS', () => {
  expect(configOf([DATA])).not.toHaveProperty('provider');
});

test('ignores data sources', () => {
  const data = { ...logGroup('/app', 'us-east-1'), mode: 'data' as const };

  expect(configOf([data, logGroup('/app', 'us-west-2')])).toMatchObject({
    provider: { aws: [{ region: 'us-west-2' }] },
  });
});

test('takes the region of the environment for resources without one, or asks for it', () => {
  expect(configOf([ROLE], 'us-west-2')).toMatchObject({
    provider: { aws: [{ region: 'us-west-2' }] },
  });
  expect(() => configOf([ROLE])).toThrow(
    'the state of tides does not say in which region its resources are (aws_iam_role.app): set AWS_REGION',
  );
});

test('refuses one provider in two regions', () => {
  expect(() => configOf([logGroup('/a', 'us-west-2'), logGroup('/b', 'us-east-1')])).toThrow(
    'the state of tides has aws_cloudwatch_log_group.a in us-west-2 and aws_cloudwatch_log_group.b in us-east-1 ' +
      'with the same provider: restore pipelines/tides from Git',
  );
});

test.each([
  [{ ...DATA, provider: 'provider["registry.terraform.io/hashicorp/random"]' }],
  [{ ...logGroup('/a', 'us-west-2'), module: 'module.a' }],
])('refuses what no stack has: %j', (resource) => {
  expect(() => configOf([resource])).toThrow(/which no stack of this project has: restore/);
});

test.each([
  { kind: 'local' } as const,
  { kind: 's3', bucket: 'states', region: 'eu-central-1' } as const,
])('the backend is that of a synthesized stack: %j', (state) => {
  const { terraform } = synthesize({}, { state });

  expect(backendOf('demo/waves.tfstate', state)).toEqual(terraform['backend']);
});
