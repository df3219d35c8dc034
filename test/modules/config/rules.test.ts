import { describe, expect, test } from '@jest/globals';
import { INVENTORY, configOf, faultsOf } from '../../support/stacks/config-folder.js';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:new-waves';
const LISTING = { inventory_location: 's3://lists/keys.csv', historic_frequency: '0' };

describe('the backfill', () => {
  test('an inventory needs a historic_frequency', () => {
    expect(faultsOf({ inventory_location: 's3://reports/waves/all' })).toEqual([
      'inventory_location: needs historic_frequency: 0 reads everything once, n reads a chunk every n hours (given s3://reports/waves/all)',
    ]);
  });

  test('a historic_frequency needs an inventory', () => {
    expect(faultsOf({ historic_frequency: '0' })).toEqual([
      'historic_frequency: needs inventory_location: there is nothing to read existing granules from (given 0)',
    ]);
  });

  test('a frequency above 0 needs initial_chunk, and 0 refuses it', () => {
    expect(faultsOf({ ...INVENTORY, historic_frequency: '6' })).toEqual([
      'historic_frequency: needs initial_chunk: the backfill has to start with a chunk (given 6)',
    ]);
    expect(faultsOf({ ...INVENTORY, initial_chunk: 'a' })).toEqual([
      'initial_chunk: must be left out when historic_frequency is 0: everything is read in one go (given a)',
    ]);
    expect(configOf({ ...INVENTORY, historic_frequency: '6', initial_chunk: 'a' })).toMatchObject({
      historic_frequency: 6,
      initial_chunk: 'a',
    });
  });

  test.each([
    [
      'initial_chunk',
      'a',
      'needs historic_frequency: without a backfill there is no first chunk (given a)',
    ],
    [
      'inventory_format',
      'orc',
      'needs inventory_location: without an inventory it has no effect (given orc)',
    ],
    [
      'inventory_fields',
      '[key]',
      'needs inventory_location: without an inventory it has no effect',
    ],
    [
      'max_scan_gb',
      '5',
      'needs inventory_location: without an inventory it has no effect (given 5)',
    ],
    [
      'max_queue_depth',
      '5',
      'needs inventory_location: without an inventory it has no effect (given 5)',
    ],
  ])('%s alone is refused', (key, value, message) => {
    expect(faultsOf({ [key]: value })).toEqual([`${key}: ${message}`]);
  });

  test('a listing is CSV or text, and the column of text has a fixed name', () => {
    expect(faultsOf({ ...LISTING, inventory_format: 'parquet' })).toEqual([
      'inventory_format: must be csv or left out: inventory_location is one file that lists keys (given parquet)',
    ]);
    expect(
      faultsOf({
        ...LISTING,
        inventory_location: 's3://lists/keys.txt',
        inventory_fields: '[key]',
      }),
    ).toEqual([
      'inventory_fields: must be left out: inventory_location is a text file with one key per line',
    ]);
    expect(configOf({ ...LISTING, inventory_fields: '[bucket, key]' }).inventory_fields).toEqual([
      'bucket',
      'key',
    ]);
  });
});

describe('batches', () => {
  test('of more than 10 messages need a window', () => {
    const message =
      'batch_size: needs batch_window_seconds of at least 1 when it is above 10 (given 11)';

    expect(faultsOf({ batch_size: '11' })).toEqual([message]);
    expect(faultsOf({ batch_size: '11', batch_window_seconds: '0' })).toEqual([message]);
    expect(configOf({ batch_size: '11', batch_window_seconds: '1' }).batch_size).toBe(11);
  });
});

describe('the topic', () => {
  test('a filter policy needs one, and a scope needs a policy', () => {
    expect(
      faultsOf({
        sns_filter_policy: '{ type: [grd] }',
        sns_filter_policy_scope: 'MessageAttributes',
      }),
    ).toEqual(['sns_filter_policy: needs sns: there is no subscription to filter']);
    expect(faultsOf({ sns: TOPIC, sns_filter_policy_scope: 'MessageAttributes' })).toEqual([
      'sns_filter_policy_scope: needs sns_filter_policy: there is no policy to give a scope (given MessageAttributes)',
    ]);
  });

  test('an alarm notifies a topic in the region of the stack or of sns', () => {
    const alarm = (region: string) => ({
      alarm_topic_arn: `arn:aws:sns:${region}:123456789012:alarms`,
    });

    expect(faultsOf(alarm('eu-west-1'))).toEqual([
      'alarm_topic_arn: must be a topic in us-west-2: an alarm only notifies topics in its own region (given arn:aws:sns:eu-west-1:123456789012:alarms)',
    ]);
    expect(faultsOf(alarm('us-west-2'))).toEqual([]);
    expect(faultsOf({ ...alarm('eu-west-1'), region: 'eu-west-1' })).toEqual([]);
    expect(faultsOf({ ...alarm('eu-central-1'), sns: TOPIC })).toEqual([]);
  });
});

test('the region and the topic are in the partition of the secret', () => {
  const topic = 'arn:aws-cn:sns:cn-north-1:123456789012:new-waves';
  const secret = 'arn:aws-cn:secretsmanager:cn-northwest-1:123456789012:secret:ingestor-AbCdEf';

  expect(faultsOf({ region: 'cn-north-1' })).toEqual([
    'region: must be in the partition aws, where us-west-2 is, not in aws-cn (given cn-north-1)',
  ]);
  expect(faultsOf({ sns: topic })).toEqual([
    `sns: must be in the partition aws, where us-west-2 is, not in aws-cn (given ${topic})`,
  ]);
  expect(faultsOf({ sns: topic, secret_arn: secret, region: 'cn-north-1' })).toEqual([]);
});

test('the key of a secret is in the region of the secret', () => {
  const key = (region: string) => ({
    secret_kms_key_arn: `arn:aws:kms:${region}:123456789012:key/1234`,
  });

  expect(faultsOf(key('us-west-2'))).toEqual([]);
  expect(faultsOf(key('us-east-1'))).toEqual([
    'secret_kms_key_arn: must be a key in us-west-2, where the secret is (given arn:aws:kms:us-east-1:123456789012:key/1234)',
  ]);
});

test('verify_tries needs verify_ingestion', () => {
  expect(faultsOf({ verify_tries: '5', verify_ingestion: 'false' })).toEqual([
    'verify_tries: needs verify_ingestion: without it no Item is posted again (given 5)',
  ]);
  expect(configOf({ verify_tries: '5' }).verify_tries).toBe(5);
});

test('a field that is wrong by itself is reported once, without the rules it takes part in', () => {
  expect(faultsOf({ ...INVENTORY, historic_frequency: 'daily' })).toEqual([
    'historic_frequency: must be a whole number of hours from 0 to 8760 (given daily)',
  ]);
});

describe('the keys and the permissions boundary', () => {
  test('a boundary is a policy of the account of the secret, or of AWS', () => {
    const of = (account: string) => `arn:aws:iam::${account}:policy/limits`;

    expect(faultsOf({ permissions_boundary_arn: of('210987654321') })).toEqual([
      `permissions_boundary_arn: must be a policy of the account 123456789012, where the roles are, not of 210987654321 (given ${of('210987654321')})`,
    ]);
    expect(faultsOf({ permissions_boundary_arn: of('123456789012') })).toEqual([]);
    expect(faultsOf({ permissions_boundary_arn: of('aws') })).toEqual([]);
  });

  test.each([
    'arn:aws:iam::123456789012:role/limits',
    'arn:aws:iam::123456789012:policy/',
    'arn:aws:iam:eu-west-1:123456789012:policy/limits',
    'limits',
  ])('%s is refused as a boundary', (permissions_boundary_arn) => {
    expect(faultsOf({ permissions_boundary_arn })).toEqual([
      `permissions_boundary_arn: must be the ARN of a managed policy: arn:aws:iam::<12-digit account>:policy/<name> (given ${permissions_boundary_arn})`,
    ]);
  });

  test('a boundary and the keys of granules are in the partition of the secret', () => {
    expect(faultsOf({ permissions_boundary_arn: 'arn:aws-cn:iam::aws:policy/limits' })).toEqual([
      'permissions_boundary_arn: must be in the partition aws (given arn:aws-cn:iam::aws:policy/limits)',
    ]);
    const [fault] = faultsOf({
      source_kms_key_arns: '[arn:aws-cn:kms:cn-north-1:123456789012:key/1]',
    });
    expect(fault).toContain(
      'source_kms_key_arns: must be in the partition aws, where us-west-2 is',
    );
  });

  test('a key of granules may be in any region and account', () => {
    expect(
      faultsOf({ source_kms_key_arns: '[arn:aws:kms:eu-west-1:210987654321:key/1-2]' }),
    ).toEqual([]);
    expect(
      faultsOf({ source_kms_key_arns: '[arn:aws:kms:eu-west-1:210987654321:alias/waves]' }),
    ).toHaveLength(1);
  });
});
