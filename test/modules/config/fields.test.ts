import { describe, expect, test } from '@jest/globals';
import {
  INVENTORY,
  configOf,
  faultsOf,
  yamlOf,
  problemsOf,
} from '../../support/stacks/config-folder.js';

const TOPIC = 'arn:aws:sns:us-west-2:123456789012:new-waves';

describe('text', () => {
  test.each([
    ['0123', 'number', '0123'],
    ['012345678901', 'number', '012345678901'],
    ['1e3', 'number', '1e3'],
    ['true', 'boolean', 'true'],
  ])('[H04] %s is a %s to YAML, and never turned back into text', (value, type, given) => {
    expect(faultsOf({ stac_api_url: value })).toEqual([
      `stac_api_url: must be text, but YAML reads this as a ${type}: put it in quotes (given ${given})`,
    ]);
  });

  test.each(['no', 'on', 'off', 'yes'])('[H05] %s stays text, as in YAML 1.2', (value) => {
    expect(configOf({ tags: `{ Public: ${value} }` }).tags).toEqual({ Public: value });
  });

  test.each([
    ['', 'has no value: add one after the colon, or leave the key out'],
    ['~', 'has no value: add one after the colon, or leave the key out'],
    ['""', 'is empty: add a value, or leave the key out (given "")'],
    ['"  "', 'is empty: add a value, or leave the key out (given  )'],
    ['" us-east-1"', 'must not start or end with a space (given  us-east-1)'],
    ['"us\\neast"', 'must be one line without control characters (given us east)'],
    ['[us-east-1]', 'must be text, not a list'],
    ['{ us: east }', 'must be text, not a mapping'],
    ['europe', 'must be an AWS region such as eu-central-1 (given europe)'],
  ])('region: %s is refused', (value, message) => {
    expect(faultsOf({ region: value })).toEqual([`region: ${message}`]);
  });
});

describe('initial_chunk', () => {
  const chunkOf = (value: string) =>
    configOf({ ...INVENTORY, historic_frequency: '6', initial_chunk: value }).initial_chunk;

  test.each(['2022-04-20', '"2022-04-20"', "'2022-04-20'", '2022-4-20'])(
    '[H01] %s is the text 2022-04-20, quoted or not',
    (value) => {
      expect(chunkOf(value)).toBe('2022-04-20');
    },
  );

  test('[H02] a date is the same in every time zone', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/Los_Angeles';

    expect(chunkOf('2022-04-20')).toBe('2022-04-20');

    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
});

describe('lists and mappings', () => {
  test('source is a list of locations, and each wrong one is reported', () => {
    expect(faultsOf({ source: 's3://waves/raw/' })).toEqual([
      'source: must be a list of s3://bucket/prefix, with at least one (given s3://waves/raw/)',
    ]);
    expect(faultsOf({ source: '[]' })).toHaveLength(1);
    expect(faultsOf({ source: '[s3://waves/raw/, waves, https://waves]' })).toEqual([
      'source.1: must be an S3 location: s3://bucket/prefix (given waves)',
      'source.2: must be an S3 location: s3://bucket/prefix (given https://waves)',
    ]);
  });

  test('inventory_fields are the fields of a manifest, spelled as in a manifest or a table', () => {
    const fieldsOf = (value: string) => ({ ...INVENTORY, inventory_fields: value });

    expect(configOf(fieldsOf('[Bucket, Key, ETag, is_latest]')).inventory_fields).toEqual([
      'bucket',
      'key',
      'e_tag',
      'is_latest',
    ]);
    expect(faultsOf(fieldsOf('[bucket, size]'))).toEqual(['inventory_fields: must include key']);
    expect(faultsOf(fieldsOf('[key, Key]'))).toEqual([
      'inventory_fields: must name each field once',
    ]);
    expect(faultsOf(fieldsOf('[key, last-modified-date]'))).toEqual([
      'inventory_fields.1: cannot be a column: a name is a letter, then up to 254 letters, digits and _; ' +
        'did you mean last_modified_date? (given last-modified-date)',
    ]);
  });

  test('tags and sns_filter_policy are mappings', () => {
    expect(faultsOf({ tags: '[a]', sns: TOPIC, sns_filter_policy: '"{}"' })).toEqual([
      'tags: must be a mapping of tags to values',
      'sns_filter_policy: must be a mapping of names to lists of accepted values (given {})',
    ]);
    expect(faultsOf({ tags: '{ project: x }', sns: TOPIC, sns_filter_policy: '{ a: 1 }' })).toEqual(
      [
        'tags: must not set the tag Project: the stack sets it',
        'sns_filter_policy: at a: must be a list of accepted values, or a mapping of names to such lists',
      ],
    );
  });

  test('an unknown word is refused with the known ones', () => {
    expect(faultsOf({ ...INVENTORY, inventory_format: 'avro', compute: 'AWSLambda' })).toEqual([
      'compute: must be awslambda (given AWSLambda)',
      'inventory_format: must be csv or orc or parquet (given avro)',
    ]);
  });
});

test('[D14] a missing secret_arn is reported with the keys that the secret must have', () => {
  const yaml = yamlOf({}).replace(/^secret_arn.*$/m, '');

  expect(problemsOf(yaml)).toEqual([
    '1:1 secret_arn: is missing: the ARN of the secret with cognito_domain, client_id, client_secret and scope',
  ]);
});
