import { createUser } from '../deployment/deployer.js';
import type { Broken } from '../deployment/doctor.js';
import { createUserPool } from '../system/cognito.js';
import { createSecret, policy } from '../system/platform.js';
import { system } from '../system/running.js';

/** A second run on a kept system needs other names. */
const unique = Date.now();
export const secret = {
  cognito_domain: system.endpoint,
  ...system.platform.client,
};
const ALL = { Effect: 'Allow', Action: '*', Resource: '*' };

/** The topic is of another account, which does not show it. */
export const HIDDEN = ['topic'];
const OF_AWS = ['permissions', 'state bucket', 'state lock', 'secret', 'token', 'ingestor'];
const OF_TOKEN = ['token', 'ingestor'];

/** Something that is broken, and what the doctor says of it. */
export interface Case extends Broken {
  readonly name: string;
  /** Name, sentence and remedy of the only line that is wrong; undefined if none is. */
  readonly wrong?: readonly [check: string, says: RegExp, remedy: RegExp];
  /** @default those that are not checked on the healthy system */
  readonly unchecked?: readonly string[];
}

async function secretWith(name: string, text: string): Promise<Broken> {
  return {
    config: { secret_arn: await createSecret(system.endpoint, `${name}-${unique}`, text) },
  };
}

async function userWithout(name: string, Action: string, Resource: string): Promise<Broken> {
  const document = policy([ALL, { Effect: 'Deny', Action, Resource }]);
  const { accessKeyId, secretAccessKey } = await createUser(system, `${name}-${unique}`, document);
  return { env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } };
}

/** `closed` is a URL that refuses connections. */
export async function brokenCases(closed: string): Promise<Case[]> {
  const { secretArn } = system.platform;
  const others = await createUserPool({ endpoint: system.endpoint }, `others-${unique}`);
  return [
    {
      name: 'wrong credentials',
      env: { AWS_ACCESS_KEY_ID: 'AKIAWRONGWRONGWRONG1' },
      wrong: ['credentials', /^AWS does not say who you are in us-west-2: /, /^sign in, or/],
      unchecked: [...OF_AWS, 'source', 'topic', 'inventory', 'quotas'],
    },
    {
      name: 'a state bucket that does not exist',
      env: { STATE_BUCKET: 'no-such-state' },
      wrong: ['state bucket', /^s3:\/\/no-such-state does not exist$/, /npm run bootstrap/],
      unchecked: ['state lock', ...HIDDEN],
    },
    {
      name: 'a state bucket in another region',
      env: { STATE_REGION: 'eu-central-1' },
      wrong: ['state bucket', /is in us-west-2, but/, /^set STATE_REGION=us-west-2$/],
    },
    {
      name: 'a secret that does not exist',
      config: { secret_arn: secretArn.replace('stac-ingestor', 'no-such-secret') },
      wrong: ['secret', /no-such-secret.* cannot be read/, /^correct secret_arn, or create/],
      unchecked: [...OF_TOKEN, ...HIDDEN],
    },
    {
      name: 'a secret of another region',
      config: { secret_arn: secretArn.replace('us-west-2', 'eu-central-1') },
      wrong: ['secret', /eu-central-1.* cannot be read/, /^correct secret_arn, or create/],
      unchecked: [...OF_TOKEN, ...HIDDEN],
    },
    {
      name: 'a secret without a key',
      ...(await secretWith('no-scope', JSON.stringify({ ...secret, scope: undefined }))),
      wrong: ['secret', / lacks scope: /, /^correct the value of the secret$/],
      unchecked: [...OF_TOKEN, ...HIDDEN],
    },
    {
      name: 'a wrong client secret',
      ...(await secretWith('wrong', JSON.stringify({ ...secret, client_secret: 'wrong' }))),
      wrong: ['token', /HTTP status 400 \(invalid_client\)/, /^correct the secret, or the app/],
      unchecked: ['ingestor', ...HIDDEN],
    },
    {
      name: 'an ingestor that does not know the user pool',
      ...(await secretWith('others', JSON.stringify({ ...secret, ...others.client }))),
      wrong: ['ingestor', /answers with HTTP status 500$/, /signing key is not in its JWKS_URL/],
    },
    {
      name: 'an ingestor that is down',
      config: { ingestor_url: closed },
      wrong: ['ingestor', /cannot be reached: connect ECONNREFUSED/, /^check the URL/],
    },
    {
      name: 'an ingestor at another path',
      config: { ingestor_url: `${system.ingestorUrl}/prod` },
      wrong: ['ingestor', /\/prod answers with HTTP status 404/, /stage of ingestor_url/],
    },
    {
      name: 'a STAC API that is down',
      config: { stac_api_url: closed },
      wrong: ['STAC API', /cannot be reached: connect ECONNREFUSED/, /^check the URL/],
    },
    {
      name: 'a source whose bucket does not exist',
      config: { source: ['s3://no-such-granules/GRD/'] },
      wrong: [
        'source',
        /^the bucket of s3:\/\/no-such-granules\/GRD\/ does not/,
        /^correct source/,
      ],
    },
    {
      name: 'a source that only the caller may not read',
      ...(await userWithout('reader', 's3:GetObject', 'arn:aws:s3:::sentinel-s1-l1c/*')),
      unchecked: ['source', ...HIDDEN],
    },
    {
      name: 'a topic that does not exist',
      config: { sns: 'arn:aws:sns:eu-central-1:123456789012:no-such-topic' },
      wrong: ['topic', /no-such-topic does not exist$/, /^correct sns/],
      unchecked: [],
    },
    {
      name: 'a topic of another region',
      config: { sns: 'arn:aws:sns:us-west-2:214830741341:SentinelS1L1C' },
      wrong: ['topic', /us-west-2:214830741341:SentinelS1L1C does not/, /names the region/],
      unchecked: [],
    },
    {
      name: 'an inventory without a report',
      config: { inventory_location: 's3://sentinel-inventory/none/sentinel-s1-l1c/none' },
      wrong: [
        'inventory',
        /none\/hive\/ has no folder dt=/,
        /^correct inventory_location, or wait/,
      ],
    },
    {
      name: 'an inventory with other columns',
      config: { inventory_fields: ['Bucket', 'Key', 'Size', 'ETag'] },
      wrong: [
        'inventory',
        /does not match config\.yaml \(\w+: bucket, key, size, e_tag\)$/,
        /^set inventory_format: \w+ and inventory_fields: \[bucket, key, size, last_?modified_?date\]$/i,
      ],
    },
    {
      name: 'a deployer without a permission',
      ...(await userWithout('deployer', 'sqs:CreateQueue', '*')),
      wrong: ['permissions', /may not sqs:CreateQueue on arn:aws:sqs:/, /npm run deployer-policy/],
    },
  ];
}
