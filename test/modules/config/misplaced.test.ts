import { expect, test } from '@jest/globals';
import { configOf, problemsOf, yamlOf } from '../../support/stacks/config-folder.js';

const TOPIC = 'arn:aws:sns:us-west-2:123456789012:new-waves';

test.each([
  ['tags', 'alarm_topic_arn', TOPIC],
  ['tags', 'memory_mb', '512'],
  ['tags', 'source', '[s3://waves]'],
  ['sns_filter_policy', 'historic_frequency', '0'],
  ['sns_filter_policy', 'region', 'us-west-2'],
])('[N37] under %s, the key %s has to move to the left', (mapping, key, value) => {
  const yaml = yamlOf({ sns: TOPIC, [mapping]: `\n  type: [grd]\n  ${key}: ${value}` });

  expect(problemsOf(mapping === 'tags' ? yaml.replace('[grd]', 'grd') : yaml)).toEqual([
    `8:3 ${key}: stands under ${mapping}: move it to the left`,
  ]);
});

test('[N37] a required key under tags is not called missing as well', () => {
  const yaml = yamlOf({ tags: '{ Owner: sea, compute: awslambda }' }).replace(/^compute.*\n/m, '');

  expect(problemsOf(yaml)).toEqual(['4:21 compute: stands under tags: move it to the left']);
});

test('[N37] a tag and a name of the filter policy may be called like a key', () => {
  const fields = {
    sns: TOPIC,
    tags: '{ region: us-west-2, source: waves }',
    sns_filter_policy: '{ source: [aws.s3] }',
  };

  expect(configOf(fields).tags).toEqual({ region: 'us-west-2', source: 'waves' });
});

test.each([
  ['tags', '\n  Owner:\n    memory_mb: 512', '7:5 memory_mb: stands under tags.Owner'],
  [
    'sns_filter_policy',
    '\n  body:\n    type: [grd]\n    memory_mb: 512',
    '9:5 memory_mb: stands under sns_filter_policy.body',
  ],
  [
    'sns_filter_policy',
    '\n  a: [b]\n  body:\n    area:\n      inventory_location: s3://a/b',
    '10:7 inventory_location: stands under sns_filter_policy.body.area',
  ],
  [
    'sns_filter_policy',
    '\n  $or:\n    - a: [b]\n    - c: [d]\n      timeout_seconds: 5',
    '10:7 timeout_seconds: stands under sns_filter_policy.$or',
  ],
  ['region', '\n  memory_mb: 512', '6:3 memory_mb: stands under region'],
  ['source', '\n  - bucket:\n      memory_mb: 512', '7:7 memory_mb: stands under source.bucket'],
])('[N37] below %s, %j has a key that has to move to the left', (parent, value, problem) => {
  const sns = parent === 'sns_filter_policy' ? { sns: TOPIC } : {};
  const yaml = yamlOf(Object.assign(sns, { [parent]: value }));

  expect(problemsOf(yaml)).toEqual([`${problem}: move it to the left`]);
});

test('[N37] below an unknown key, both are reported', () => {
  expect(problemsOf(yamlOf({ historic: '\n  memory_mb: 512' }))).toEqual([
    expect.stringMatching(/^5:1 historic: is not a key of config.yaml/),
    '6:3 memory_mb: stands under historic: move it to the left',
  ]);
});

test('[N37] a name within the filter policy may be called like a key at any depth', () => {
  const policy =
    '{ body: { source: [aws.s3], region: { source: [a] } }, $or: [{ sns: [a] }, { b: [c] }] }';

  expect(configOf({ sns: TOPIC, sns_filter_policy: policy }).sns_filter_policy).toMatchObject({
    body: { source: ['aws.s3'] },
  });
});
