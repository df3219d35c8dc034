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
